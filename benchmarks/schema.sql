-- The shop that the generated workloads use; created before statements are logged.
CREATE TABLE "shop_category" ("id" bigserial PRIMARY KEY, "name" varchar(80) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "parent_id" bigint NULL);
CREATE TABLE "shop_product" ("id" bigserial PRIMARY KEY, "sku" varchar(40) NOT NULL UNIQUE, "name" varchar(200) NOT NULL, "description" text NOT NULL, "price" numeric(10, 2) NOT NULL, "stock" integer NOT NULL, "category_id" bigint NOT NULL, "attributes" jsonb NOT NULL, "created_at" timestamptz NOT NULL);
CREATE TABLE "shop_customer" ("id" bigserial PRIMARY KEY, "email" varchar(254) NOT NULL, "first_name" varchar(80) NOT NULL, "last_name" varchar(80) NOT NULL, "phone" varchar(40) NOT NULL, "is_active" boolean NOT NULL, "loyalty_points" integer NOT NULL, "created_at" timestamptz NOT NULL);
CREATE TABLE "shop_address" ("id" bigserial PRIMARY KEY, "customer_id" bigint NOT NULL, "street" varchar(200) NOT NULL, "city" varchar(80) NOT NULL, "zip" varchar(20) NOT NULL, "country" char(2) NOT NULL);
CREATE TABLE "shop_order" ("id" bigserial PRIMARY KEY, "number" varchar(40) NOT NULL, "status" varchar(20) NOT NULL, "total" numeric(10, 2) NOT NULL, "currency" char(3) NOT NULL, "note" text NOT NULL, "customer_id" bigint NOT NULL, "shipping_address_id" bigint NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL);
CREATE TABLE "shop_orderitem" ("id" bigserial PRIMARY KEY, "order_id" bigint NOT NULL, "product_id" bigint NOT NULL, "quantity" integer NOT NULL, "unit_price" numeric(10, 2) NOT NULL);
CREATE TABLE "shop_review" ("id" bigserial PRIMARY KEY, "product_id" bigint NOT NULL, "customer_id" bigint NOT NULL, "rating" integer NOT NULL, "title" varchar(200) NOT NULL, "body" text NOT NULL, "created_at" timestamptz NOT NULL);
CREATE TABLE "shop_setting" ("id" bigserial PRIMARY KEY, "key" varchar(80) NOT NULL UNIQUE, "value" text NOT NULL);
CREATE TABLE "shop_event" ("id" bigserial PRIMARY KEY, "kind" varchar(40) NOT NULL, "payload" jsonb NOT NULL, "created_at" timestamptz NOT NULL);
CREATE TABLE "django_session" ("session_key" varchar(40) PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamptz NOT NULL);

INSERT INTO "shop_category" ("name", "slug", "parent_id") SELECT 'Category ' || i, 'category-' || i, NULLIF(i / 8, 0) FROM generate_series(1, 40) AS i;
INSERT INTO "shop_product" ("sku", "name", "description", "price", "stock", "category_id", "attributes", "created_at") SELECT 'SKU-' || i, 'Product ' || i, repeat('lorem ipsum ', 10), (i % 900) + 0.99, i % 200, (i * 7919) % 40 + 1, jsonb_build_object('color', i % 12, 'weight', i % 50), now() - i * interval '1 minute' FROM generate_series(1, 5000) AS i;
INSERT INTO "shop_customer" ("email", "first_name", "last_name", "phone", "is_active", "loyalty_points", "created_at") SELECT 'customer' || i || '@example.com', 'First' || i, 'O''Last' || i, '+49 30 ' || i, i % 17 <> 0, i % 1000, now() - i * interval '1 hour' FROM generate_series(1, 20000) AS i;
INSERT INTO "shop_address" ("customer_id", "street", "city", "zip", "country") SELECT i, i || ' Long Street', 'City ' || i % 300, lpad((i % 99999)::text, 5, '0'), 'DE' FROM generate_series(1, 20000) AS i;
INSERT INTO "shop_order" ("number", "status", "total", "currency", "note", "customer_id", "shipping_address_id", "created_at", "updated_at") SELECT 'ORD-' || i, (ARRAY['new', 'paid', 'shipped', 'returned'])[i % 4 + 1], i % 500 + 0.5, 'EUR', '', (i::bigint * 7919) % 20000 + 1, (i::bigint * 7919) % 20000 + 1, now() - i * interval '1 minute', now() FROM generate_series(1, 40000) AS i;
INSERT INTO "shop_orderitem" ("order_id", "product_id", "quantity", "unit_price") SELECT i / 3 + 1, (i::bigint * 4799) % 5000 + 1, i % 5 + 1, i % 900 + 0.99 FROM generate_series(1, 120000) AS i;
INSERT INTO "shop_review" ("product_id", "customer_id", "rating", "title", "body", "created_at") SELECT i % 5000 + 1, (i::bigint * 7919) % 20000 + 1, i % 5 + 1, 'Review ' || i, repeat('good ', 12), now() - i * interval '1 minute' FROM generate_series(1, 20000) AS i;
INSERT INTO "shop_setting" ("key", "value") SELECT 'setting.' || i, 'value ' || i FROM generate_series(1, 30) AS i;
INSERT INTO "django_session" ("session_key", "session_data", "expire_date") SELECT md5(i::text), repeat('x', 120), now() + interval '14 days' FROM generate_series(1, 5000) AS i;

CREATE INDEX "shop_product_category" ON "shop_product" ("category_id");
CREATE INDEX "shop_address_customer" ON "shop_address" ("customer_id");
CREATE INDEX "shop_order_customer" ON "shop_order" ("customer_id");
CREATE INDEX "shop_order_status" ON "shop_order" ("status", "id");
CREATE INDEX "shop_orderitem_order" ON "shop_orderitem" ("order_id");
CREATE INDEX "shop_review_product" ON "shop_review" ("product_id");
CREATE INDEX "shop_review_customer" ON "shop_review" ("customer_id");
ANALYZE;
