-- A column of a sample; what is longer than we look at is cut.
CASE WHEN length({column}) > 1000 THEN substr({column}, 1, 1000) ELSE {column} END
