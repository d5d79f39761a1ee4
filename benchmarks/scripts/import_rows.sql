-- plant: AEG1401 explicit
-- sizes: 10 40
-- weight: 2
-- An import that saves one object at a time.
\set seed random(1, 1000000)
BEGIN;
-- repeat {size}
\set key permute({n}, 5000, :seed) + 1
-- child
INSERT INTO "shop_review" ("product_id", "customer_id", "rating", "title", "body", "created_at") VALUES (:key, :key, 4, 'It''s fine', 'Arrived on time; would buy "again".', '2026-03-01T10:00:00+00:00'::timestamptz) RETURNING "shop_review"."id";
-- end
COMMIT;
