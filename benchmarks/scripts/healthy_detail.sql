-- weight: 12
-- A product page as it should be: a handful of queries, the related rows joined or batched.
\set product random(1, 5000)
\set a random(1, 4990)
\set b :a + 1
\set c :a + 3
\set d :a + 4
BEGIN;
SELECT "shop_product"."id", "shop_product"."sku", "shop_product"."name", "shop_product"."description", "shop_product"."price", "shop_product"."stock", "shop_product"."attributes", "shop_category"."id", "shop_category"."name", "shop_category"."slug" FROM "shop_product" INNER JOIN "shop_category" ON ("shop_product"."category_id" = "shop_category"."id") WHERE "shop_product"."id" = :product LIMIT 21;
SELECT "shop_review"."id", "shop_review"."rating", "shop_review"."title", "shop_customer"."first_name" FROM "shop_review" INNER JOIN "shop_customer" ON ("shop_review"."customer_id" = "shop_customer"."id") WHERE "shop_review"."product_id" = :product ORDER BY "shop_review"."created_at" DESC LIMIT 10;
SELECT COUNT(*) AS "__count" FROM "shop_review" WHERE "shop_review"."product_id" = :product;
SELECT "shop_product"."id", "shop_product"."name", "shop_product"."price" FROM "shop_product" WHERE "shop_product"."id" IN (:a, :b, :c, :d);
COMMIT;
