// What the tests of this room share: a world of fakes that a check can look at.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.h"
#include "check/check.h"

namespace ballast::test {

[[noreturn]] inline void unexpected(const std::string& what) {
  throw std::logic_error("not expected of a check: " + what);
}

class FakeDisk : public Disk {
 public:
  std::map<std::string, FileInfo> files;
  std::map<std::string, std::string> contents;
  std::map<std::string, Space> spaces;

  std::optional<FileInfo> info(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  Space space(const std::string& path) override { return spaces.at(path); }

  std::optional<std::string> read(const std::string& path, std::uint64_t) override {
    const auto found = contents.find(path);
    return found == contents.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::string> list(const std::string&) override { unexpected("list"); }
  void replace(const std::string&, std::string_view, unsigned) override { unexpected("replace"); }
  void append(const std::string&, std::string_view, unsigned) override { unexpected("append"); }
  void make_directories(const std::string&, unsigned) override { unexpected("make_directories"); }
  void remove(const std::string&) override { unexpected("remove"); }
  void remove_tree(const std::string&) override { unexpected("remove_tree"); }
  void rename(const std::string&, const std::string&) override { unexpected("rename"); }
};

class FakeMachine : public Machine {
 public:
  unsigned uid = 0;
  std::optional<Memory> measured = Memory{8'000'000'000, 2'000'000'000};

  unsigned user() override { return uid; }
  std::string user_name(unsigned id) override { return id == 1000 ? "ken" : "root"; }
  std::optional<Memory> memory() override { return measured; }
  // The bytes of the example key of RFC 6455: "the sample nonce".
  void in_network_of(long long, const std::function<void()>& work) override { work(); }
  std::string random_hex(std::size_t) override { return "7468652073616d706c65206e6f6e6365"; }

  std::string login_name() override { return "ken"; }
  std::string host_name() override { return "server"; }
  std::string working_directory() override { unexpected("working_directory"); }
  std::optional<std::string> variable(const std::string&) override { return std::nullopt; }
  long long process() override { return 1; }
  std::string boot() override { return "boot"; }
  bool running(long long) override { unexpected("running"); }
  void end_process(long long) override { unexpected("end_process"); }
};

class FakeClock : public Clock {
 public:
  Time now() override { return {}; }
  Monotonic monotonic() override { return {}; }
  void sleep(Duration) override { unexpected("sleep"); }
};

class FakeProcesses : public Processes {
 public:
  Outcome run(const Command&) override { unexpected("run"); }
  std::optional<std::string> find(const std::string&) override { unexpected("find"); }
};

class FakeLocks : public Locks {
 public:
  std::variant<std::unique_ptr<Lock>, Holder> acquire(const std::string&, const Holder&) override {
    unexpected("acquire");
  }
  std::optional<Holder> held(const std::string&) override { unexpected("held"); }
  std::vector<long long> holders(const std::string&) override { unexpected("holders"); }
};

class FakeInterrupts : public Interrupts {
 public:
  bool requested() const override { return false; }
  void hold(bool) override {}
  bool held() const override { return false; }
};

class FakeTerminal : public Terminal {
 public:
  bool out_is_terminal() override { return false; }
  bool error_is_terminal() override { return false; }
  bool in_is_terminal() override { return false; }
  int columns() override { return 80; }
  Written out(std::string_view) override { unexpected("out"); }
  void error(std::string_view) override { unexpected("error"); }
  std::optional<std::string> ask(std::string_view) override { unexpected("ask"); }
};

// Files in folders of one level below what is walked: "/top/folder/file".
class FakeTrees : public Trees {
 public:
  std::map<std::string, std::string> files;

  void walk(const std::string& top, const std::function<bool(const TreeEntry&)>& visit) override {
    std::string last;
    for (const auto& [path, content] : files) {
      if (!path.starts_with(top + "/")) continue;
      const std::string below = path.substr(top.size() + 1);
      const std::string folder = below.substr(0, below.find('/'));
      if (folder != last) visit({folder, {.type = FileType::directory, .mode = 0755}});
      last = folder;
      visit({below, {.type = FileType::regular, .size = content.size(), .mode = 0644}});
    }
  }
  std::vector<SizedName> files_in(const Below&) override { unexpected("files_in"); }
  std::optional<Hashed> copy_hashed(const Below&, const Below&, const std::string&) override {
    unexpected("copy_hashed");
  }
  bool place(const Below&, const Below&, const Ownership&, const OnBytes&) override {
    unexpected("place");
  }
  std::optional<Hashed> digest(const Below&, DigestAlgorithm, const OnBytes&) override {
    unexpected("digest");
  }
  std::optional<std::string> read_part(const Below& file, std::uint64_t, std::size_t) override {
    const auto found = files.find(file.whole());
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  void make_directory(const Below&, const Ownership&) override { unexpected("make_directory"); }
  void remove(const std::string&, const std::vector<std::string>&) override {
    unexpected("remove");
  }
  void sync(const std::string&) override { unexpected("sync"); }
  std::unique_ptr<FileWriter> create(const std::string&) override { unexpected("create"); }
  std::unique_ptr<PipeWriter> create_pipe(const std::string&) override {
    unexpected("create_pipe");
  }
};

class FakeArchives : public Archives {
 public:
  std::unique_ptr<ArchiveWriter> create(const std::string&, Packing, OnBytes) override {
    unexpected("create");
  }
  ArchiveContent verify(const std::string&, const OnBytes&) override { unexpected("verify"); }
  ArchiveContent extract(const std::string&, const std::string&, const OnBytes&) override {
    unexpected("extract");
  }
};

class FakeZips : public Zips {
 public:
  std::unique_ptr<ZipWriter> create(const std::string&, OnBytes) override { unexpected("create"); }
  std::unique_ptr<ZipReader> open(const std::string&) override { unexpected("open"); }
};

inline HttpResponse page(int status, std::string body = {},
                         std::map<std::string, std::string> headers = {}) {
  return {.status = status,
          .headers = std::move(headers),
          .body = std::move(body),
          .elapsed = std::chrono::milliseconds(35)};
}

inline HttpResponse no_answer(HttpFailure failure, std::string text) {
  return {.failure = failure, .failure_text = std::move(text)};
}

// Answers for the site by "<Host> <path and query>" or by path alone; for the engine by the end of
// the path.
class FakeHttp : public Http {
 public:
  std::map<std::string, HttpResponse> site;
  std::map<std::string, HttpResponse> engine;

  HttpResponse send(const HttpRequest& request) override {
    const std::lock_guard guard(mutex_);
    if (!request.unix_socket.empty()) return streamed(engine_answer(request), request);
    requests_.push_back(request);
    return site_answer(request);
  }

  // "GET url [header: value]…", the headers in the order in which they were sent.
  std::vector<std::string> asked() const {
    std::vector<std::string> lines;
    for (const HttpRequest& request : requests_) {
      lines.push_back(request.method + " " + request.url);
      for (const auto& [name, value] : request.headers)
        lines.back() += " [" + name + ": " + value + "]";
    }
    return lines;
  }
  const std::vector<HttpRequest>& requests() const { return requests_; }

 private:
  static std::string path_of(const std::string& url) {
    const auto slash = url.find('/', url.find("://") + 3);
    return slash == std::string::npos ? "/" : url.substr(slash);
  }
  static std::string header(const HttpRequest& request, std::string_view wanted) {
    for (const auto& [name, value] : request.headers)
      if (name == wanted) return value;
    return {};
  }
  HttpResponse site_answer(const HttpRequest& request) const {
    const std::string path = path_of(request.url);
    for (const std::string& key :
         {header(request, "Host") + " " + path, header(request, "Cookie") + " " + path, path})
      if (const auto found = site.find(key); found != site.end()) return found->second;
    return page(404);
  }
  HttpResponse engine_answer(const HttpRequest& request) const {
    const std::string path = path_of(request.url);
    for (const auto& [end, answer] : engine)
      if (path.substr(0, path.find('?')).ends_with(end)) return answer;
    return page(404, R"({"message":"no such thing"})");
  }
  static HttpResponse streamed(HttpResponse response, const HttpRequest& request) {
    if (!request.on_data) return response;
    request.on_data(response.body);
    response.body.clear();
    return response;
  }

  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
};

// A stack `shop` on Odoo that is as it should be; tests spoil what they are about.
class World {
 public:
  World() {
    const FileInfo folder{.type = FileType::directory, .size = 0, .mode = 0755, .modified = {}};
    const FileInfo file{.type = FileType::regular, .size = 1, .mode = 0644, .modified = {}};
    disk.files = {{"/srv/stacks/shop", folder},
                  {"/srv/stacks/shop/docker-compose.yml", file},
                  {"/srv/stacks/shop/.env", file}};
    disk.files["/srv/stacks/shop/.env"].mode = 0600;
    policy.preset = Preset::odoo;
    policy.service = "web";
    policy.database_service = "db";
    policy.tag_variable = "SHOP_TAG";
    policy.addons.path = "/mnt/extra-addons";
    policy.data_mounts = {"/var/lib/odoo"};
    compose.services = {ComposeService{.name = "web"}};
    set_env("SHOP_TAG=sha-abc1234\n");
  }

  void set_env(const std::string& text) { env.emplace("/srv/stacks/shop/.env", text); }

  void set_target() {
    target = Target{.container = {.id = id, .name = "shop_web_1", .state = "running"},
                    .url = "http://127.0.0.1:8069",
                    .how = "published port 127.0.0.1:8069"};
    databases = {"shop"};
    inspect("running");
  }

  // What the engine says of the target's container.
  void inspect(const std::string& state, const std::string& more = {}, int restarts = 0,
               const std::string& name = "shop_web_1") {
    http.engine["/containers/" + id + "/json"] = page(
        200, R"({"Id":")" + id + R"(","Name":"/)" + name + R"(","RestartCount":)" +
                 std::to_string(restarts) + R"(,"State":{"Status":")" + state + "\"" + more + "}}");
  }

  CheckContext context() {
    return CheckContext{.host = host,
                        .engine = engine,
                        .paths = paths,
                        .stack = "shop",
                        .directory = "/srv/stacks/shop",
                        .policy = policy,
                        .compose = compose,
                        .env = env ? &*env : nullptr,
                        .compose_path = "/srv/stacks/shop/docker-compose.yml",
                        .project = "shop",
                        .tag = tag,
                        .repository = "registry/shop",
                        .image = image,
                        .seen_image_id = seen_image_id,
                        .seen_repo_digest = seen_repo_digest,
                        .read_compose = read_compose,
                        .target = target,
                        .databases = databases,
                        .databases_trouble = databases_trouble,
                        .image_addons = image_addons,
                        .operation = "operation"};
  }

  // "fail disk-space [/srv]: 91 % used -> hint"
  std::vector<CheckResult> results_of(std::string_view name) {
    std::vector<const Check*> wanted;
    for (const Check& check : all_checks())
      if (check.name == name) wanted.push_back(&check);
    return run_checks(wanted, context(), true);
  }

  std::vector<std::string> ask(std::string_view name) {
    std::vector<std::string> lines;
    for (const CheckResult& result : results_of(name)) lines.push_back(line_of(result));
    return lines;
  }

  static std::string line_of(const CheckResult& result) {
    return std::string(verdict_text(result.verdict)) + " " + result.name +
           (result.subject.empty() ? "" : " [" + result.subject + "]") + ": " + result.measured +
           (result.hint.empty() ? "" : " -> " + result.hint);
  }

  const std::string id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  FakeDisk disk;
  FakeMachine machine;
  FakeClock clock;
  FakeProcesses processes;
  FakeHttp http;
  FakeLocks locks;
  FakeInterrupts interrupts;
  FakeTerminal terminal;
  FakeTrees trees;
  FakeArchives archives;
  FakeZips zips;
  Host host{disk,    processes, clock, http,     locks, interrupts,
            machine, terminal,  trees, archives, zips};
  Engine engine{host, "/var/run/docker.sock"};
  Paths paths;
  Policy policy;
  ComposeFile compose;
  std::optional<EnvFile> env;
  std::string tag = "sha-abc1234";
  std::optional<docker::Image> image;
  std::string seen_image_id;
  std::string seen_repo_digest;
  std::function<ComposeReading()> read_compose;
  std::optional<Target> target;
  std::vector<std::string> databases;
  std::string databases_trouble;
  std::optional<std::vector<Addon>> image_addons;
};

}  // namespace ballast::test
