// For tests: the page of snapshot_of_all(), word for word. Tests of the rules serve it as it is.
#pragma once

namespace ballast::test {

inline constexpr const char* metrics_page =
    R"(# HELP ballast_alert Always 1: the state of an alert, of this stack and subject, at the last look: ok, failing, unknown or suppressed.
# TYPE ballast_alert gauge
ballast_alert{stack="blog",alert="backup-failed",subject="",severity="warn",state="unknown"} 1
ballast_alert{stack="blog",alert="clock-wrong",subject="",severity="warn",state="unknown"} 1
ballast_alert{stack="blog",alert="container-down",subject="",severity="page",state="suppressed"} 1
ballast_alert{stack="blog",alert="db-connection",subject="db",severity="page",state="unknown"} 1
ballast_alert{stack="blog",alert="deploy-failed",subject="",severity="warn",state="unknown"} 1
ballast_alert{stack="blog",alert="disk-full",subject="/srv/stacks/shop",severity="page",state="ok"} 1
ballast_alert{stack="blog",alert="disk-full",subject="docker",severity="page",state="unknown"} 1
ballast_alert{stack="blog",alert="drill-failed",subject="",severity="warn",state="unknown"} 1
ballast_alert{stack="blog",alert="health-check-fail",subject="web-health",severity="page",state="suppressed"} 1
ballast_alert{stack="blog",alert="high-memory",subject="",severity="warn",state="unknown"} 1
ballast_alert{stack="blog",alert="modified-by-hand",subject="",severity="warn",state="suppressed"} 1
ballast_alert{stack="blog",alert="not-ready-to-roll-back",subject="",severity="info",state="suppressed"} 1
ballast_alert{stack="blog",alert="operation-interrupted",subject="",severity="page",state="unknown"} 1
ballast_alert{stack="blog",alert="rollback-failed",subject="",severity="page",state="unknown"} 1
ballast_alert{stack="shop",alert="backup-failed",subject="",severity="warn",state="failing"} 1
ballast_alert{stack="shop",alert="backup-overdue",subject="",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="certificate-expiring",subject="https://mail.example.com",severity="warn",state="unknown"} 1
ballast_alert{stack="shop",alert="certificate-expiring",subject="https://shop.example.com",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="clock-wrong",subject="database",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="clock-wrong",subject="engine",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="container-down",subject="cron",severity="page",state="failing"} 1
ballast_alert{stack="shop",alert="container-down",subject="db",severity="page",state="ok"} 1
ballast_alert{stack="shop",alert="container-down",subject="migrate",severity="page",state="ok"} 1
ballast_alert{stack="shop",alert="container-down",subject="web",severity="page",state="ok"} 1
ballast_alert{stack="shop",alert="container-down",subject="worker",severity="page",state="failing"} 1
ballast_alert{stack="shop",alert="db-connection",subject="db",severity="page",state="ok"} 1
ballast_alert{stack="shop",alert="deploy-failed",subject="",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="disk-full",subject="/srv/stacks/shop and /var/lib/docker",severity="page",state="failing"} 1
ballast_alert{stack="shop",alert="drill-failed",subject="",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="drill-overdue",subject="",severity="info",state="ok"} 1
ballast_alert{stack="shop",alert="health-check-fail",subject="web-health",severity="page",state="ok"} 1
ballast_alert{stack="shop",alert="health-check-fail",subject="web-login ten_a",severity="page",state="failing"} 1
ballast_alert{stack="shop",alert="health-check-fail",subject="web-login ten_b",severity="page",state="unknown"} 1
ballast_alert{stack="shop",alert="high-memory",subject="db",severity="warn",state="failing"} 1
ballast_alert{stack="shop",alert="high-memory",subject="web",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="modified-by-hand",subject="web",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="not-ready-to-roll-back",subject="",severity="info",state="ok"} 1
ballast_alert{stack="shop",alert="offsite-behind",subject="b2:shop",severity="warn",state="ok"} 1
ballast_alert{stack="shop",alert="operation-interrupted",subject="",severity="page",state="failing"} 1
ballast_alert{stack="shop",alert="rollback-failed",subject="",severity="page",state="ok"} 1
# HELP ballast_alert_caused_by_operation Always 1: an operation of Ballast is at work that causes this alert by itself.
# TYPE ballast_alert_caused_by_operation gauge
ballast_alert_caused_by_operation{stack="blog",alert="container-down",operation="deploy"} 1
ballast_alert_caused_by_operation{stack="blog",alert="health-check-fail",operation="deploy"} 1
ballast_alert_caused_by_operation{stack="blog",alert="modified-by-hand",operation="deploy"} 1
ballast_alert_caused_by_operation{stack="blog",alert="not-ready-to-roll-back",operation="deploy"} 1
# HELP ballast_alert_firing_timestamp_seconds When an alert began of which people were told, and that is not over.
# TYPE ballast_alert_firing_timestamp_seconds gauge
ballast_alert_firing_timestamp_seconds{stack="",alert="notifications-failing",subject="",severity="warn",state="failing"} 1795607280
ballast_alert_firing_timestamp_seconds{stack="blog",alert="backup-failed",subject="",severity="warn",state="unknown"} 1795607280
ballast_alert_firing_timestamp_seconds{stack="shop",alert="operation-interrupted",subject="",severity="page",state="failing"} 1795607280
# HELP ballast_backup_complete_sets Complete sets of a kind that are kept.
# TYPE ballast_backup_complete_sets gauge
ballast_backup_complete_sets{stack="shop",kind="daily"} 2
ballast_backup_complete_sets{stack="shop",kind="manual"} 1
ballast_backup_complete_sets{stack="shop",kind="pre-deploy"} 0
ballast_backup_complete_sets{stack="shop",kind="weekly-full"} 1
# HELP ballast_backup_complete_timestamp_seconds When the newest complete set of a kind was begun.
# TYPE ballast_backup_complete_timestamp_seconds gauge
ballast_backup_complete_timestamp_seconds{stack="shop",kind="daily"} 1795543200
ballast_backup_complete_timestamp_seconds{stack="shop",kind="manual"} 1795604400
ballast_backup_complete_timestamp_seconds{stack="shop",kind="weekly-full"} 1795374000
# HELP ballast_backup_offsite_pending_timestamp_seconds When the oldest complete set was begun that is newer than all on the remote.
# TYPE ballast_backup_offsite_pending_timestamp_seconds gauge
ballast_backup_offsite_pending_timestamp_seconds{stack="shop",remote="b2:shop"} 1795543200
# HELP ballast_backup_offsite_timestamp_seconds When the newest set was begun that is on the remote.
# TYPE ballast_backup_offsite_timestamp_seconds gauge
ballast_backup_offsite_timestamp_seconds{stack="shop",remote="b2:shop"} 1795456800
# HELP ballast_backup_overdue_after_seconds How old the policy lets the newest complete set become.
# TYPE ballast_backup_overdue_after_seconds gauge
ballast_backup_overdue_after_seconds{stack="shop"} 93600
# HELP ballast_backup_scheduled_success 1: the newest daily or weekly-full backup is complete. 0: it failed, or is not.
# TYPE ballast_backup_scheduled_success gauge
ballast_backup_scheduled_success{stack="shop"} 0
# HELP ballast_build_info Always 1: the version of Ballast that watches.
# TYPE ballast_build_info gauge
ballast_build_info{version="0.1.0"} 1
# HELP ballast_certificate_expiry_timestamp_seconds When the certificate that is served there ends.
# TYPE ballast_certificate_expiry_timestamp_seconds gauge
ballast_certificate_expiry_timestamp_seconds{stack="shop",url="https://shop.example.com"} 1798200000
# HELP ballast_channel_failing 1: the channel did not take the last message. 0: it did.
# TYPE ballast_channel_failing gauge
ballast_channel_failing{channel="pagerduty"} 1
ballast_channel_failing{channel="slack"} 0
# HELP ballast_channel_refused_messages Messages that the channel refused for good, and that are kept.
# TYPE ballast_channel_refused_messages gauge
ballast_channel_refused_messages{channel="pagerduty"} 1
ballast_channel_refused_messages{channel="slack"} 0
# HELP ballast_channel_waiting_messages Messages that the channel has not taken yet.
# TYPE ballast_channel_waiting_messages gauge
ballast_channel_waiting_messages{channel="pagerduty"} 2
ballast_channel_waiting_messages{channel="slack"} 0
# HELP ballast_clock_offset_seconds How far another clock is ahead of this machine's.
# TYPE ballast_clock_offset_seconds gauge
ballast_clock_offset_seconds{stack="shop",clock="database"} 0
ballast_clock_offset_seconds{stack="shop",clock="engine"} -0.25
# HELP ballast_container_memory_bytes Memory of the service's container without page cache.
# TYPE ballast_container_memory_bytes gauge
ballast_container_memory_bytes{stack="shop",service="db"} 3600000000
ballast_container_memory_bytes{stack="shop",service="web"} 1200000000
# HELP ballast_container_restarting 1: the service's container restarts in a loop. 0: it does not.
# TYPE ballast_container_restarting gauge
ballast_container_restarting{stack="shop",service="db"} 0
ballast_container_restarting{stack="shop",service="migrate"} 0
ballast_container_restarting{stack="shop",service="web"} 0
ballast_container_restarting{stack="shop",service="worker"} 1
# HELP ballast_container_restarts_total How often the engine restarted the service's container.
# TYPE ballast_container_restarts_total counter
ballast_container_restarts_total{stack="shop",service="db"} 0
ballast_container_restarts_total{stack="shop",service="migrate"} 0
ballast_container_restarts_total{stack="shop",service="web"} 0
ballast_container_restarts_total{stack="shop",service="worker"} 3
# HELP ballast_container_start_timestamp_seconds When the service's container was started, while it runs.
# TYPE ballast_container_start_timestamp_seconds gauge
ballast_container_start_timestamp_seconds{stack="shop",service="db"} 1795600800
ballast_container_start_timestamp_seconds{stack="shop",service="web"} 1795600800
ballast_container_start_timestamp_seconds{stack="shop",service="worker"} 1795607970
# HELP ballast_container_up 1: the service's container runs. 0: it does not, or there is none.
# TYPE ballast_container_up gauge
ballast_container_up{stack="shop",service="cron"} 0
ballast_container_up{stack="shop",service="db"} 1
ballast_container_up{stack="shop",service="migrate"} 0
ballast_container_up{stack="shop",service="web"} 1
ballast_container_up{stack="shop",service="worker"} 1
# HELP ballast_container_work_done 1: the service's container ended well, and need not run again. 0: it has to run.
# TYPE ballast_container_work_done gauge
ballast_container_work_done{stack="shop",service="db"} 0
ballast_container_work_done{stack="shop",service="migrate"} 1
ballast_container_work_done{stack="shop",service="web"} 0
ballast_container_work_done{stack="shop",service="worker"} 0
# HELP ballast_database_answer_duration_seconds How long the database server took to answer a query, login included.
# TYPE ballast_database_answer_duration_seconds gauge
ballast_database_answer_duration_seconds{stack="shop",server="db"} 0.003
# HELP ballast_database_connections Connections to the database server that are taken.
# TYPE ballast_database_connections gauge
ballast_database_connections{stack="shop",server="db"} 12
# HELP ballast_database_connections_limit Connections that the database server allows.
# TYPE ballast_database_connections_limit gauge
ballast_database_connections_limit{stack="shop",server="db"} 100
# HELP ballast_database_up 1: the database server answered a query. 0: it refused, or did not in time.
# TYPE ballast_database_up gauge
ballast_database_up{stack="shop",server="db"} 1
# HELP ballast_disk_available_bytes Bytes of the file system that are free for anyone.
# TYPE ballast_disk_available_bytes gauge
ballast_disk_available_bytes{stack="blog",path="/srv/stacks/shop"} 12400000000
ballast_disk_available_bytes{stack="shop",path="/srv/stacks/shop and /var/lib/docker"} 12400000000
# HELP ballast_disk_total_bytes Size of the file system.
# TYPE ballast_disk_total_bytes gauge
ballast_disk_total_bytes{stack="blog",path="/srv/stacks/shop"} 100
ballast_disk_total_bytes{stack="shop",path="/srv/stacks/shop and /var/lib/docker"} 100000000000
# HELP ballast_disk_used_ratio How full the file system is, as df shows it: 1 is full.
# TYPE ballast_disk_used_ratio gauge
ballast_disk_used_ratio{stack="blog",path="/srv/stacks/shop"} 0.81
ballast_disk_used_ratio{stack="shop",path="/srv/stacks/shop and /var/lib/docker"} 0.875
# HELP ballast_drill_overdue_after_seconds How long ago the policy lets the last drill be that passed.
# TYPE ballast_drill_overdue_after_seconds gauge
ballast_drill_overdue_after_seconds{stack="shop"} 691200
# HELP ballast_drill_passed_timestamp_seconds When the newest drill was made that passed.
# TYPE ballast_drill_passed_timestamp_seconds gauge
ballast_drill_passed_timestamp_seconds{stack="shop"} 1795348800
# HELP ballast_drill_restore_duration_seconds How long the newest drill took from nothing to a verified copy.
# TYPE ballast_drill_restore_duration_seconds gauge
ballast_drill_restore_duration_seconds{stack="shop"} 95
# HELP ballast_drill_success 1: the newest drill passed. 0: it did not.
# TYPE ballast_drill_success gauge
ballast_drill_success{stack="shop"} 1
# HELP ballast_drill_timestamp_seconds When the newest drill was made.
# TYPE ballast_drill_timestamp_seconds gauge
ballast_drill_timestamp_seconds{stack="shop"} 1795348800
# HELP ballast_engine_up 1: the Docker Engine answers. 0: it does not.
# TYPE ballast_engine_up gauge
ballast_engine_up 1
# HELP ballast_gate_calls_total Calls of the gate since the start, by key and whether they were allowed or refused.
# TYPE ballast_gate_calls_total counter
ballast_gate_calls_total{key="github-ci",verdict="allowed"} 3
ballast_gate_calls_total{key="github-ci",verdict="refused"} 1
# HELP ballast_health_check_duration_seconds How long the answer to a check took.
# TYPE ballast_health_check_duration_seconds gauge
ballast_health_check_duration_seconds{stack="shop",check="web-health",subject=""} 0.035
ballast_health_check_duration_seconds{stack="shop",check="web-login",subject="ten_a"} 1.25
# HELP ballast_health_check_pass 1: a check of the running release passed. 0: it failed.
# TYPE ballast_health_check_pass gauge
ballast_health_check_pass{stack="shop",check="web-health",subject=""} 1
ballast_health_check_pass{stack="shop",check="web-login",subject="ten_a"} 0
# HELP ballast_last_change_info Always 1: what changed the running release last, or tried to, and who.
# TYPE ballast_last_change_info gauge
ballast_last_change_info{stack="shop",operation="deploy",tag="sha-a2",operator="ken"} 1
# HELP ballast_last_change_needs_person 1: the last change and its way back failed. 0: nobody is needed.
# TYPE ballast_last_change_needs_person gauge
ballast_last_change_needs_person{stack="shop"} 0
# HELP ballast_last_change_timestamp_seconds When the last change ended.
# TYPE ballast_last_change_timestamp_seconds gauge
ballast_last_change_timestamp_seconds{stack="shop"} 1795604400
# HELP ballast_last_operation_exit_status Exit status of the last change, and of the last scheduled backup.
# TYPE ballast_last_operation_exit_status gauge
ballast_last_operation_exit_status{stack="shop",operation="backup"} 7
ballast_last_operation_exit_status{stack="shop",operation="deploy"} 0
# HELP ballast_last_operation_timestamp_seconds When the last change, and the last scheduled backup, ended.
# TYPE ballast_last_operation_timestamp_seconds gauge
ballast_last_operation_timestamp_seconds{stack="shop",operation="backup"} 1795575600
ballast_last_operation_timestamp_seconds{stack="shop",operation="deploy"} 1795604400
# HELP ballast_looks_total Looks at stacks since the start.
# TYPE ballast_looks_total counter
ballast_looks_total 7200
# HELP ballast_missed_looks_total Looks since the start that began more than one interval late.
# TYPE ballast_missed_looks_total counter
ballast_missed_looks_total 3
# HELP ballast_modified_by_hand 1: what runs is not what was released. 0: it is.
# TYPE ballast_modified_by_hand gauge
ballast_modified_by_hand{stack="shop"} 0
# HELP ballast_operation_running Always 1: an operation of Ballast that is at work on the stack, and whose.
# TYPE ballast_operation_running gauge
ballast_operation_running{stack="blog",operation="deploy",operator="ann"} 1
# HELP ballast_operation_start_timestamp_seconds When the operation that is at work began.
# TYPE ballast_operation_start_timestamp_seconds gauge
ballast_operation_start_timestamp_seconds{stack="blog",operation="deploy"} 1795607880
# HELP ballast_operations_interrupted Operations that were cut off and not recovered.
# TYPE ballast_operations_interrupted gauge
ballast_operations_interrupted{stack="shop"} 1
# HELP ballast_page_timestamp_seconds When these metrics were put together.
# TYPE ballast_page_timestamp_seconds gauge
ballast_page_timestamp_seconds 1795608000.125
# HELP ballast_records_newest_timestamp_seconds When the newest operation or set was begun, by its own record.
# TYPE ballast_records_newest_timestamp_seconds gauge
ballast_records_newest_timestamp_seconds{stack="shop"} 1795606200
# HELP ballast_rollback_ready 1: the image of the release before is here. 0: it is gone.
# TYPE ballast_rollback_ready gauge
ballast_rollback_ready{stack="shop"} 1
# HELP ballast_stack_info Always 1: the tag that .env asks for.
# TYPE ballast_stack_info gauge
ballast_stack_info{stack="blog",tag="sha-a2"} 1
ballast_stack_info{stack="shop",tag="sha-a2"} 1
# HELP ballast_stack_look_timestamp_seconds When the stack was last looked at.
# TYPE ballast_stack_look_timestamp_seconds gauge
ballast_stack_look_timestamp_seconds{stack="blog"} 1795608000
ballast_stack_look_timestamp_seconds{stack="shop"} 1795608000
# HELP ballast_stack_readable 1: the files of the stack could be read. 0: they could not, so that nothing is known of it.
# TYPE ballast_stack_readable gauge
ballast_stack_readable{stack="blog"} 1
ballast_stack_readable{stack="old"} 0
ballast_stack_readable{stack="shop"} 1
# HELP ballast_start_timestamp_seconds When the daemon was started.
# TYPE ballast_start_timestamp_seconds gauge
ballast_start_timestamp_seconds 1795604400
)";

}  // namespace ballast::test
