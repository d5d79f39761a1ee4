-- plant: AEG1101 autocommit
-- sizes: 6 12 80
-- weight: 3
-- A SQLAlchemy relationship loaded lazily, one list of items per order.
\set first random(1, 39000)
-- parent
SELECT shop_order.id AS shop_order_id, shop_order.number AS shop_order_number, shop_order.status AS shop_order_status, shop_order.total AS shop_order_total, shop_order.customer_id AS shop_order_customer_id, shop_order.created_at AS shop_order_created_at FROM shop_order WHERE shop_order.id >= :first ORDER BY shop_order.id LIMIT {size};
-- repeat {size}
\set key :first + {n}
-- child
SELECT shop_orderitem.id AS shop_orderitem_id, shop_orderitem.order_id AS shop_orderitem_order_id, shop_orderitem.product_id AS shop_orderitem_product_id, shop_orderitem.quantity AS shop_orderitem_quantity, shop_orderitem.unit_price AS shop_orderitem_unit_price FROM shop_orderitem WHERE :key = shop_orderitem.order_id;
-- end
