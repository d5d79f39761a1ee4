-- plant: AEG1102 explicit
-- sizes: 6 15
-- weight: 3
-- Two loops in each other: products, their reviews, the author of each review.
\set seed random(1, 1000000)
BEGIN;
-- parent
SELECT "shop_product"."id", "shop_product"."sku", "shop_product"."name", "shop_product"."price", "shop_product"."category_id" FROM "shop_product" WHERE ("shop_product"."stock" > 0 AND "shop_product"."price" < :seed) ORDER BY "shop_product"."created_at" DESC LIMIT {size};
-- repeat {size}
\set key permute({n}, 5000, :seed) + 1
-- child
SELECT "shop_review"."id", "shop_review"."product_id", "shop_review"."customer_id", "shop_review"."rating", "shop_review"."title", "shop_review"."created_at" FROM "shop_review" WHERE "shop_review"."product_id" = :key ORDER BY "shop_review"."id" ASC;
-- repeat 4
\set author permute({n}, 20000, :seed) + 1
-- child
SELECT "shop_customer"."id", "shop_customer"."first_name", "shop_customer"."last_name" FROM "shop_customer" WHERE "shop_customer"."id" = :author LIMIT 21;
-- end
-- end
COMMIT;
