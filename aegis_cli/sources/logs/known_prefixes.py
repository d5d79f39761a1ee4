"""The `log_line_prefix` settings that distributions, clouds and tools ship or ask for."""

_HEROKU = (
    "sql_error_code = %e time=%t pid=%p proc_start_time=%s session_id=%c vtid=%v tid=%x "
    "log_line=%l %qdatabase=%d connection_source=%r user=%u application_name=%a "
)

KNOWN_TEMPLATES: tuple[str, ...] = (
    "",
    "%m [%p] ",  # PostgreSQL's default since 10
    "%t [%p] ",
    "%m [%p] %q%u@%d ",  # Debian and Ubuntu since 11
    "%t [%p] %q%u@%d ",
    "%t [%p-%l] %q%u@%d ",  # Debian before 11
    "%t:%r:%u@%d:[%p]:",  # Amazon RDS and Aurora
    "%t:%h:%u@%d:[%p]:",
    "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:",  # Amazon RDS, verbose
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",  # pgBadger
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l-1] user=%u,db=%d,client=%h ",
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] %quser=%u,db=%d,app=%a,client=%h ",
    "user=%u,db=%d,app=%a,client=%h ",  # pgBadger through syslog
    "%m [%p]: [%l-1] db=%d,user=%u ",  # Google Cloud SQL
    "%m [%p]: [%l-1] db=%d,user=%u,host=%h ",
    "%t [%p]: [%l-1] db=%d,user=%u,app=%a,client=%h ",
    "%t-%c-",  # Azure Database for PostgreSQL
    "%t-%c-user=%u,db=%d,app=%a,client=%h-",
    "[%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",  # Aiven, "pid"
    "pid=%p,user=%u,db=%d,app=%a,client=%h ",  # Aiven, "key=value"
    "[%c] %q%u@%d/%a ",
    "[%l-1] sql_error_code = %e ",  # Heroku
    _HEROKU,
    "%h %m [%p] %q%u@%d ",  # Supabase
    "%m [%p] %q%a %u@%d ",
    "%t [%p]: [%l-1] %quser=%u,db=%d,app=%a,client=%h ",
    "%m %u@%d [%p] ",
    "%m [%p] %q%u@%d/%a ",
    "%t %u@%d %r [%p] ",
    "%m [%r] [%p]: [%l-1] user=%u,db=%d,e=%e ",  # Crunchy's and Percona's guides
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h,e=%e ",
    "%m %c %l %u %d %r ",
    "< %m >",  # Red Hat before 10
    "< %t >",
    "<%m %u %d %p>",
)
"""Templates in use; where two read a log alike, the one first in this list is taken."""
