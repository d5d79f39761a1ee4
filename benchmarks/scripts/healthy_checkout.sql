-- weight: 8
-- A checkout: one order with its items in one multi-row insert, stock in one update.
\set customer random(1, 20000)
\set product random(1, 4990)
\set second :product + 1
\set third :product + 2
BEGIN;
SELECT "django_session"."session_key", "django_session"."session_data", "django_session"."expire_date" FROM "django_session" WHERE ("django_session"."expire_date" > '2026-01-01 00:00:00+00:00'::timestamptz AND "django_session"."session_key" = 'c4ca4238a0b923820dcc509a6f:customer') LIMIT 21;
INSERT INTO "shop_order" ("number", "status", "total", "currency", "note", "customer_id", "shipping_address_id", "created_at", "updated_at") VALUES ('ORD-x:customer', 'new', '129.50', 'EUR', 'Please don''t ring; leave at "back door"', :customer, :customer, '2026-03-01T10:00:00+00:00'::timestamptz, '2026-03-01T10:00:00+00:00'::timestamptz) RETURNING "shop_order"."id";
INSERT INTO "shop_orderitem" ("order_id", "product_id", "quantity", "unit_price") VALUES (:customer, :product, 1, '9.99'), (:customer, :second, 2, '19.99'), (:customer, :third, 1, '99.00') RETURNING "shop_orderitem"."id";
UPDATE "shop_product" SET "stock" = ("shop_product"."stock" + -1) WHERE "shop_product"."id" = ANY(ARRAY[:product, :second, :third]::bigint[]);
COMMIT;
