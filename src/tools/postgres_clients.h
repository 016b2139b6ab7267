// Where PostgreSQL's own programs run: in the server's container, whose versions fit, or on this
// host for a server that is elsewhere. What they need to connect is in their environment, never in
// argv.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/processes.h"
#include "tools/engine.h"
#include "tools/postgres_url.h"

namespace ballast {

class PostgresClients {
 public:
  struct Call {
    std::vector<std::string> argv;
    std::vector<std::string> environment;  // "NAME=value", beside what the connection takes
    Duration deadline{};
  };
  using Result = Engine::ExecResult;
  using Sink = Engine::Sink;

  virtual ~PostgresClients() = default;
  virtual Result run(const Call& call) = 0;
  // Hands stdout on as it comes; what the sink throws ends the program and is thrown.
  virtual Result stream(const Call& call, const Sink& output) = 0;
  // With this on its stdin.
  virtual Result feed(const Call& call, const std::string& input) = 0;

  // For a program that is not run through here but reaches the server over the network.
  virtual std::vector<std::string> network_environment() = 0;
  virtual std::string database() const { return {}; }  // that the address names, or none
  virtual bool come_with_server() const = 0;
  virtual std::string hint() const = 0;  // where to look when a query is refused
};

// As POSTGRES_USER (the container's own environment; the role `postgres` may not exist), through
// the container's local socket. A program goes on in there when nobody waits for it any more.
class ContainerClients : public PostgresClients {
 public:
  ContainerClients(Engine& engine, const docker::Container& container);

  Result run(const Call& call) override;
  Result stream(const Call& call, const Sink& output) override;
  Result feed(const Call& call, const std::string& input) override;
  std::vector<std::string> network_environment() override;
  bool come_with_server() const override { return true; }
  std::string hint() const override { return "look at the log of the database container"; }

 private:
  std::vector<std::string> connected(const std::vector<std::string>& environment) const;

  Engine& engine_;
  std::string container_;
  std::map<std::string, std::string> environment_;
  std::string user_;
};

// Debian's postgresql-client. Its programs end with Ballast. Error(refused) when they are not
// installed or the server does not let them in, naming where it is; Error(failed) for one that did
// not end in time.
class HostClients : public PostgresClients {
 public:
  // `url_file`: from which the address is, for the person who has to correct it.
  HostClients(Processes& processes, ServerAddress address, std::string url_file);

  Result run(const Call& call) override;
  Result stream(const Call& call, const Sink& output) override;
  Result feed(const Call& call, const std::string& input) override;
  std::vector<std::string> network_environment() override;
  std::string database() const override { return address_.database; }
  bool come_with_server() const override { return false; }
  std::string hint() const override { return "look at the log of the server at " + place_; }

 private:
  Result finish(const Command& command);
  void require_connected(const Result& result) const;

  Processes& processes_;
  ServerAddress address_;
  std::string place_;
  std::string url_file_;
};

// A program of postgresql-client on this host, with nothing in its environment but what `call`
// gives. Its words are its own; Error(refused) when it is not installed.
PostgresClients::Result run_on_host(Processes& processes, const PostgresClients::Call& call);
PostgresClients::Result stream_on_host(Processes& processes, const PostgresClients::Call& call,
                                       const PostgresClients::Sink& output);

// Error(failed) with the words of `what`, unless it ended with 0.
void require_good(const PostgresClients::Result& result, const std::string& what);

// Pure. What to do about what the server said through one of its programs; empty: that is not
// known, or it was another one that said it.
std::string advice_on(std::string_view said);

// Pure. What libpq says of a connection that it could not make; empty: it is about something else.
std::string connection_trouble(std::string_view errors);
// Pure. Whether the server turned the client away because every connection is taken: nothing ran.
bool has_no_room(std::string_view errors);
// Pure. Debian's clients are scripts that look for the version of the server, for longer than most
// questions take. Where an image says which it is (PG_MAJOR), a PATH on which its programs come
// first; empty: it does not.
std::string path_of_clients(const std::map<std::string, std::string>& environment);
// Pure. The address in front of what one call wants; the options of both hold.
std::map<std::string, std::string> client_environment(const ServerAddress& address,
                                                      const std::vector<std::string>& wanted);

}  // namespace ballast
