-- Look names up where statements of the workload do, and find the functions of the extension.
SELECT
  set_config(
    'search_path',
    array_to_string(ARRAY(SELECT quote_ident(u) FROM unnest(%(schemas)s::text[]) AS u), ', '),
    TRUE
  ) AS path
