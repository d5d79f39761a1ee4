-- weight: 1
-- A slower statement that stands alone, written over several lines.
\set category random(1, 40)
SELECT c.name,
       count(*) AS orders,
       sum(i.quantity * i.unit_price) AS revenue
  FROM shop_orderitem i
  JOIN shop_product p ON p.id = i.product_id
  JOIN shop_category c ON c.id = p.category_id
 WHERE c.id = :category
   AND i.quantity BETWEEN 1 AND 5 -- the usual sizes
 GROUP BY c.name
 ORDER BY revenue DESC;
