// For tests: a stack in a folder of the test, and an engine that answers as it is told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/host.h"
#include "host/test_folder.h"
#include "live/work.h"
#include "operation/silence.h"

namespace ballast::test {

// The first rule whose words are in "METHOD path" answers; without one: there is no such thing.
class FakeEngine : public Http {
 public:
  struct Rule {
    std::string words;
    HttpResponse response;
  };
  std::vector<Rule> rules;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

  void answer(const std::string& words, int status, std::string body = {}) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    rules.push_back({words, response});
  }
  HttpResponse send(const HttpRequest& request) override {
    const std::string line =
        request.method + " " + request.url.substr(std::string("http://docker").size());
    asked.push_back(line);
    bodies.push_back(request.body);
    HttpResponse response;
    response.status = 404;
    for (const Rule& rule : rules)
      if (line.find(rule.words) != std::string::npos) {
        response = rule.response;
        break;
      }
    if (request.on_data && !response.body.empty()) request.on_data(response.body);
    return response;
  }
  bool was_asked(const std::string& words) const {
    for (const std::string& line : asked)
      if (line.find(words) != std::string::npos) return true;
    return false;
  }
};

// A frame of a log, of stderr.
inline std::string frame(const std::string& text) {
  std::string header{'\2', '\0', '\0', '\0'};
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    header += static_cast<char>((text.size() >> shift) & 0xffU);
  return header + text;
}

class TestWork {
 public:
  explicit TestWork(const std::string& policy = {}, const std::string& request = "{}")
      : root_(policy),
        real_(shared()),
        host{.disk = real_.disk,
             .processes = real_.processes,
             .clock = real_.clock,
             .http = engine,
             .locks = real_.locks,
             .interrupts = real_.interrupts,
             .machine = real_.machine,
             .terminal = real_.terminal,
             .trees = real_.trees,
             .archives = real_.archives,
             .zips = real_.zips},
        server(host, root_.path(), {}),
        journal(root_ / "ballast.db"),
        work(server, journal, progress, -1,
             {.id = "20261127T200000Z-ab12",
              .kind = "deploy",
              .stack = "shop",
              .operator_name = "ann",
              .environment = "prod",
              .request = parse_json(request).value_or(Json()),
              .plan = {},
              .state = OperationState::running,
              .ballast_version = {},
              .process = 1,
              .boot = {},
              .started = {},
              .ended = {},
              .exit_status = 0,
              .message = {}}) {}

  std::string path(const std::string& below) const { return root_ / below; }

 private:
  static Host& shared() {
    static RealHost instance;
    return instance.get();
  }
  static TestFolder& fill(TestFolder& root, const std::string& policy) {
    std::filesystem::create_directories(root / "srv/stacks/shop");
    root.write("srv/stacks/shop/docker-compose.yml",
               "services:\n"
               "  web:\n"
               "    image: fixture/shop:${SHOP_TAG}\n"
               "    command: [\"odoo\", \"--addons-path=/mnt/extra-addons\"]\n"
               "    environment: {HOST: db, PASSWORD: \"${POSTGRES_PASSWORD}\"}\n"
               "    volumes: [\"web-data:/var/lib/odoo\"]\n"
               "  db:\n"
               "    image: fixture/postgres:15\n"
               "volumes: {web-data: }\n");
    root.write("srv/stacks/shop/.env",
               "SHOP_TAG=sha-a000001\nPOSTGRES_PASSWORD=correct-horse-battery\n");
    if (!policy.empty()) root.write("srv/stacks/shop/ballast.yaml", policy);
    return root;
  }
  struct Filled : TestFolder {
    explicit Filled(const std::string& policy) { fill(*this, policy); }
  };

  Filled root_;
  Host& real_;

 public:
  FakeEngine engine;
  Host host;
  Server server;
  Journal journal;
  Silence progress;
  Work work;
};

}  // namespace ballast::test
