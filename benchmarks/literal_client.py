"""A client whose statements are full of literals: long lists, texts, JSON and quotes."""

import json
import random
from dataclasses import dataclass

import psycopg2

from benchmarks.shop_client import Session
from benchmarks.truth import Plant, Truth

PHRASE = (
    "lorem ipsum dolor sit amet it's don't \"quoted\" naïve 100% semi;colon back\\slash --dash"
    " $1 ?mark :name 42 3.14 O'Brien /*not*/ tab\there line\nbreak résumé 東京 -7 1e6 x'41'"
)
WORDS = tuple(PHRASE.split(" "))

ADD_REVIEWS = (
    'INSERT INTO "shop_review"'
    ' ("product_id", "customer_id", "rating", "title", "body", "created_at") VALUES '
)
REVIEW = "(%s, %s, %s, %s, %s, '2026-03-01T10:00:00+00:00'::timestamptz)"
ADD_EVENT = (
    'INSERT INTO "shop_event" ("kind", "payload", "created_at") VALUES (%s, %s::jsonb, now())'
)
PRODUCTS_IN = (
    'SELECT "shop_product"."id", "shop_product"."sku", "shop_product"."name",'
    ' "shop_product"."price" FROM "shop_product" WHERE ("shop_product"."id" IN %s'
    ' AND NOT ("shop_product"."name" = %s) AND "shop_product"."price" > %s)'
)
SKUS_IN = 'SELECT "shop_product"."id" FROM "shop_product" WHERE "shop_product"."sku" IN %s'
SAVE_NOTE = (
    'UPDATE "shop_order" SET "note" = %s, "total" = %s, "updated_at" = %s'
    ' WHERE "shop_order"."id" = %s'
)
CONTAINS = 'SELECT "id" FROM "shop_event" WHERE "payload" @> %s::jsonb ORDER BY "id" DESC LIMIT 20'
CATEGORIES = "SELECT slug, name FROM shop_category WHERE name <> %s ORDER BY id LIMIT %s"
BY_SKU = (
    'SELECT "shop_product"."id", "shop_product"."name", "shop_product"."attributes"'
    ' FROM "shop_product" WHERE ("shop_product"."sku" = %s AND "shop_product"."name" <> %s)'
)
BY_SKU_PLANT = "literals_by_sku"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long lists and texts are on average; most are shorter, a few much longer."""

    rows: float = 3.0
    items: float = 15.0
    words: float = 12.0


SHORT = Lengths()
LONG = Lengths(rows=10.0, items=75.0, words=30.0)


def serve_literals(dsn: str, seed: int, statements: int, lengths: Lengths = SHORT) -> Truth:
    """Execute statements full of literals, and an n-plus-one over text keys now and then."""
    draw = random.Random(seed)
    session = Session(connection=psycopg2.connect(dsn))
    session.connection.autocommit = True
    truth = Truth()
    statements_of = (_reviews, _event, _products, _skus, _note, _contains)
    done = 0
    while done < statements:
        if draw.random() < 0.02:
            done += session_burst(session, draw, truth)
        (act,) = draw.choices(statements_of, weights=(5, 4, 5, 3, 4, 1))
        act(session, draw, lengths)
        done += 1
    session.connection.close()
    truth.add(session.truth())
    return truth


def session_burst(session: Session, draw: random.Random, truth: Truth) -> int:
    """Plant one n-plus-one whose keys are strings, in a transaction."""
    size = draw.randint(5, 40)
    skus = [f"SKU-{number}" for number in draw.sample(range(1, 5000), size)]

    def request() -> None:
        session.run(CATEGORIES, _text(draw, 3), size)
        for sku in skus:
            session.run(BY_SKU, sku, _text(draw, 4))

    session.in_unit(explicit=True, request=request)
    session.connection.autocommit = True
    child = session.samples[BY_SKU]
    truth.planted(
        Plant(name=BY_SKU_PLANT, rule="AEG1101", unit="explicit", children=(child,)), size
    )
    return size


def _reviews(session: Session, draw: random.Random, lengths: Lengths) -> None:
    rows = _length(draw, lengths.rows)
    values: list[object] = []
    for _ in range(rows):
        values += [draw.randint(1, 5000), draw.randint(1, 20_000), draw.randint(1, 5)]
        values += [_text(draw, 4), _text(draw, _length(draw, lengths.words))]
    session.run(ADD_REVIEWS + ", ".join([REVIEW] * rows), *values)


def _event(session: Session, draw: random.Random, lengths: Lengths) -> None:
    session.run(ADD_EVENT, draw.choice(WORDS)[:40], _document(draw, lengths))


def _products(session: Session, draw: random.Random, lengths: Lengths) -> None:
    ids = tuple(draw.choices(range(1, 5000), k=_length(draw, lengths.items)))
    session.run(PRODUCTS_IN, ids, _text(draw, 3), round(draw.uniform(0, 900), 2))


def _skus(session: Session, draw: random.Random, lengths: Lengths) -> None:
    keys = tuple(
        f"SKU-{number}" for number in draw.choices(range(5000), k=_length(draw, lengths.items))
    )
    session.run(SKUS_IN, keys)


def _note(session: Session, draw: random.Random, lengths: Lengths) -> None:
    when = f"2026-03-{draw.randint(1, 28):02}T10:00:00.{draw.randint(0, 999):03}+00:00"
    price = round(draw.uniform(-500, 500), 2)
    session.run(
        SAVE_NOTE, _text(draw, _length(draw, lengths.words)), price, when, draw.randint(1, 40_000)
    )


def _contains(session: Session, draw: random.Random, lengths: Lengths) -> None:
    session.run(CONTAINS, json.dumps({"tags": draw.choices(WORDS, k=_length(draw, lengths.rows))}))


def _document(draw: random.Random, lengths: Lengths) -> str:
    tags = draw.choices(WORDS, k=draw.randint(1, 12))
    document = {
        "user": draw.randint(1, 999),
        "tags": tags,
        "note": _text(draw, _length(draw, lengths.words)),
        "ok": None,
    }
    return json.dumps(document, ensure_ascii=draw.random() < 0.5)


def _length(draw: random.Random, mean: float) -> int:
    return 1 + int(draw.expovariate(1 / mean))


def _text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))
