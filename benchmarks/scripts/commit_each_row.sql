-- plant: AEG1406 autocommit
-- sizes: 10 25
-- weight: 1
-- A queue consumer that commits after every row.
\set seed random(1, 1000000)
-- repeat {size}
\set key permute({n}, 40000, :seed) + 1
BEGIN;
-- child
INSERT INTO "shop_address" ("customer_id", "street", "city", "zip", "country") VALUES (:key, '1 Main Street', 'Zürich', '08001', 'CH') RETURNING "shop_address"."id";
COMMIT;
-- end
