#include "tools/postgres_ask.h"

#include <libpq-fe.h>

#include <array>
#include <chrono>
#include <memory>

#include "base/text.h"
#include "host/await.h"
#include "tools/postgres_clients.h"

namespace ballast {

namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Answered = std::unique_ptr<PGresult, Finish>;
using Options = std::unique_ptr<PQconninfoOption, Finish>;

Monotonic now() { return std::chrono::steady_clock::now(); }

std::string words_of(PGconn* connection) {
  const std::string said = PQerrorMessage(connection);
  const std::string trouble = connection_trouble(said);
  return trouble.empty() ? printable(shortened(trim(said), 300)) : trouble;
}

Connection start(const PostgresParameters& parameters) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return Connection(PQconnectStartParams(names.data(), values.data(), 0));
}

bool wait_for(PGconn* connection, Awaited wanted, Monotonic until) {
  return await_descriptor(PQsocket(connection), wanted, until);
}

// PGRES_POLLING_OK, PGRES_POLLING_FAILED, or still waiting at the end of the deadline.
PostgresPollingStatusType connect(PGconn* connection, Monotonic until) {
  if (PQstatus(connection) == CONNECTION_BAD) return PGRES_POLLING_FAILED;
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
    const Awaited what = wanted == PGRES_POLLING_READING ? Awaited::readable : Awaited::writable;
    if (!wait_for(connection, what, until)) return wanted;
    wanted = PQconnectPoll(connection);
  }
  return wanted;
}

// False when it does not come in time.
bool await_result(PGconn* connection, Monotonic until) {
  while (PQisBusy(connection) != 0) {
    if (!wait_for(connection, Awaited::readable, until)) return false;
    if (PQconsumeInput(connection) == 0) return true;
  }
  return true;
}

std::vector<std::vector<std::string>> rows_of(const PGresult* result) {
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column)
      rows.back().emplace_back(PQgetvalue(result, row, column));
  }
  return rows;
}

PostgresAnswer no_answer(Duration deadline) {
  return {.refusal = PostgresRefusal::silent,
          .words = "no answer within " + human_duration(deadline),
          .rows = {}};
}

PostgresAnswer refused(PGconn* connection) {
  const std::string words = words_of(connection);
  return {.refusal = refusal_of(words), .words = words, .rows = {}};
}

PostgresAnswer ask(PGconn* connection, const std::string& sql, Monotonic until, Duration deadline) {
  PQsetnonblocking(connection, 1);
  if (PQsendQuery(connection, sql.c_str()) == 0) return refused(connection);
  while (PQflush(connection) > 0)
    if (!wait_for(connection, Awaited::writable, until)) return no_answer(deadline);
  if (!await_result(connection, until)) return no_answer(deadline);
  const Answered result(PQgetResult(connection));
  // Its end, after which the next question may be asked.
  if (!await_result(connection, until)) return no_answer(deadline);
  const Answered end(PQgetResult(connection));
  if (PQresultStatus(result.get()) == PGRES_TUPLES_OK)
    return {.refusal = PostgresRefusal::none, .words = {}, .rows = rows_of(result.get())};
  PostgresAnswer answer = refused(connection);
  if (PQstatus(connection) == CONNECTION_OK) answer.refusal = PostgresRefusal::failed_query;
  return answer;
}

bool has(std::string_view words, std::string_view part) {
  return words.find(part) != std::string_view::npos;
}

}  // namespace

struct PostgresSession::Kept {
  PostgresParameters parameters;
  Connection connection;
  Monotonic since;
};

PostgresSession::PostgresSession() = default;
PostgresSession::PostgresSession(PostgresSession&&) noexcept = default;
PostgresSession& PostgresSession::operator=(PostgresSession&&) noexcept = default;
PostgresSession::~PostgresSession() = default;

PostgresAnswer PostgresSession::ask(const PostgresParameters& parameters, const std::string& sql,
                                    Duration deadline, Duration longest) {
  const Monotonic began = now();
  const bool is_usable = kept_ && kept_->parameters == parameters && began - kept_->since < longest;
  if (!is_usable) kept_.reset();
  PostgresAnswer answer;
  if (!kept_) answer = enter(parameters, began + deadline, deadline);
  if (kept_) answer = ballast::ask(kept_->connection.get(), sql, began + deadline, deadline);
  if (!answer.answered()) kept_.reset();
  answer.elapsed = std::chrono::duration_cast<Duration>(now() - began);
  // A server that was started anew meanwhile has ended it; what counts is whether it lets us in
  // now.
  const bool was_ended = is_usable && answer.refusal == PostgresRefusal::unreachable;
  return was_ended ? ask(parameters, sql, deadline, longest) : answer;
}

PostgresAnswer PostgresSession::enter(const PostgresParameters& parameters, Monotonic until,
                                      Duration deadline) {
  PostgresParameters whole{{"application_name", "ballast"},
                           {"dbname", "postgres"},
                           {"gssencmode", "disable"},
                           {"passfile", "/dev/null"}};
  for (const auto& [name, value] : parameters) whole[name] = value;
  Connection connection = start(whole);
  if (!connection) throw std::bad_alloc();
  const auto connected = connect(connection.get(), until);
  if (connected == PGRES_POLLING_FAILED) return refused(connection.get());
  if (connected != PGRES_POLLING_OK) return no_answer(deadline);
  kept_ = std::make_unique<Kept>(Kept{parameters, std::move(connection), now()});
  return {.refusal = PostgresRefusal::none, .words = {}, .rows = {}};
}

PostgresAnswer ask_postgres(const PostgresParameters& parameters, const std::string& sql,
                            Duration deadline) {
  return PostgresSession().ask(parameters, sql, deadline);
}

PostgresParameters parameters_of(const ServerAddress& address) {
  PostgresParameters parameters;
  const Options known(PQconndefaults());
  for (const PQconninfoOption* option = known.get(); option && option->keyword; ++option)
    if (option->envvar != nullptr)
      if (const std::string value = address.value(option->envvar); !value.empty())
        parameters[option->keyword] = value;
  if (!address.database.empty()) parameters["dbname"] = address.database;
  return parameters;
}

PostgresRefusal refusal_of(std::string_view words) {
  constexpr std::array<std::string_view, 4> of_others{"authentication failed", "pg_hba.conf",
                                                      "does not exist", "no password supplied"};
  constexpr std::array<std::string_view, 3> not_yet{"is starting up", "is shutting down",
                                                    "in recovery mode"};
  if (has_no_room(words)) return PostgresRefusal::full;
  for (const std::string_view part : not_yet)
    if (has(words, part)) return PostgresRefusal::starting;
  for (const std::string_view part : of_others)
    if (has(words, part)) return PostgresRefusal::not_us;
  if (has(words, "permission denied")) return PostgresRefusal::not_us;
  return PostgresRefusal::unreachable;
}

}  // namespace ballast
