-- plant: AEG1106 explicit
-- sizes: 8 30
-- weight: 1
-- The same setting read again and again in one request.
\set key random(1, 30)
BEGIN;
-- repeat {size}
-- child
SELECT "shop_setting"."id", "shop_setting"."key", "shop_setting"."value" FROM "shop_setting" WHERE "shop_setting"."key" = 'setting.:key' LIMIT 21;
-- end
COMMIT;
