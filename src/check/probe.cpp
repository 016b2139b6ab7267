#include "check/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view placeholder = "{database}";
constexpr std::string_view login_path = "/web/login";
constexpr int login_redirects = 2;

struct Url {
  std::string scheme;
  std::string authority;
  std::string path;  // with the query; starts with "/"
};

Url split_url(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos) return {{}, {}, std::string(url)};
  const std::string_view rest = url.substr(mark + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string path(rest.substr(slash));
  return {lower(url.substr(0, mark)), lower(rest.substr(0, slash)),
          path.starts_with('/') ? path : "/" + path};
}

std::string filled(const std::string& text, const std::string& database) {
  return replace_all(text, placeholder, database);
}

std::string filled_host(const std::string& host, const std::string& database) {
  const bool cannot = database.empty() && host.find(placeholder) != std::string::npos;
  return cannot ? std::string() : filled(host, database);
}

Address address_at(const Target& target, const std::string& url, const std::string& database) {
  if (url.empty())
    throw Error(Kind::failed, "there is no address to ask",
                "publish the port in the compose file, or set `url:` in ballast.yaml");
  return {.url = without_trailing_slash(filled(url, database)),
          .connect_to = target.connect_to,
          .host = filled_host(target.host_header, database),
          .how = target.how};
}

bool is_redirect(int status) {
  constexpr std::array redirects{301, 302, 303, 307, 308};
  return std::find(redirects.begin(), redirects.end(), status) != redirects.end();
}

std::string header(const HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

// A redirect to another host is an answer, not a way to go on: what is there is not this release.
std::optional<std::string> next_path(const Address& address, const HttpResponse& response) {
  if (!response.answered() || !is_redirect(response.status)) return std::nullopt;
  std::string location = header(response, "location");
  location = location.substr(0, location.find('#'));
  if (location.starts_with("//")) location.insert(0, split_url(address.url).scheme + ":");
  if (location.find("://") == std::string::npos)
    return location.starts_with('/') ? std::optional(location) : std::nullopt;
  const Url url = split_url(location);
  if (fmt::format("{}://{}", url.scheme, url.authority) != address.origin()) return std::nullopt;
  return url.path;
}

// One header may hold several cookies, in lines or after a comma; a date has a comma too.
std::vector<std::string> cookies_in(const std::string& header) {
  std::vector<std::string> cookies;
  for (const std::string& piece : split(replace_all(header, ", ", "\n"), '\n')) {
    const std::string pair(trim(piece.substr(0, piece.find(';'))));
    const auto equals = pair.find('=');
    if (equals != std::string::npos && pair.substr(0, equals).find(' ') == std::string::npos)
      cookies.push_back(pair);
  }
  return cookies;
}

bool site_is_at_fault(HttpFailure failure) {
  return failure == HttpFailure::refused || failure == HttpFailure::reset ||
         failure == HttpFailure::timed_out || failure == HttpFailure::tls;
}

std::string login_request(const CheckContext& context, const std::string& database) {
  // One database must be found without its name: that is what people type.
  if (context.databases.size() < 2) return std::string(login_path);
  return fmt::format("{}?db={}", login_path, docker::url_escaped(database));
}

}  // namespace

std::string Address::origin() const {
  const Url parts = split_url(url);
  return fmt::format("{}://{}", parts.scheme, host.empty() ? parts.authority : lower(host));
}

Address web_address(const CheckContext& context, const std::string& database) {
  const Target& target = required_target(context);
  return address_at(target, target.url, database);
}

Address chat_address(const CheckContext& context, const std::string& database) {
  const Target& target = required_target(context);
  if (target.chat_url.empty()) return web_address(context, database);
  Address address = address_at(target, target.chat_url, database);
  address.connect_to = target.chat_connect_to;
  address.how = address.url;
  return address;
}

HttpRequest Visitor::request(const Address& address, const std::string& path) const {
  HttpRequest request{
      .url = address.url + path, .deadline = deadline_, .connect_to = address.connect_to};
  if (!address.host.empty()) request.headers.emplace_back("Host", address.host);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : cookies_) pairs.push_back(fmt::format("{}={}", name, value));
  if (!pairs.empty()) request.headers.emplace_back("Cookie", join(pairs, "; "));
  return request;
}

HttpResponse Visitor::send(const HttpRequest& request) {
  HttpResponse response = http_.send(request);
  response.effective_url = request.url;
  keep_cookies(response);
  return response;
}

void Visitor::keep_cookies(const HttpResponse& response) {
  for (const std::string& pair : cookies_in(header(response, "set-cookie"))) {
    const auto equals = pair.find('=');
    cookies_[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
}

HttpResponse Visitor::get(const Address& address, const std::string& path, int redirects) {
  HttpResponse response = send(request(address, path));
  const auto next = redirects > 0 ? next_path(address, response) : std::nullopt;
  return next ? get(address, *next, redirects - 1) : response;
}

std::string first_database(const CheckContext& context) {
  return context.databases.empty() ? std::string() : context.databases.front();
}

Visitor visitor_of(const CheckContext& context) {
  Visitor visitor(context);
  if (context.databases.size() > 1) get_login(visitor, context, first_database(context));
  return visitor;
}

HttpResponse get_login(Visitor& visitor, const CheckContext& context, const std::string& database) {
  return visitor.get(web_address(context, database), login_request(context, database),
                     login_redirects);
}

// A site in several languages moves it below a prefix: /ja/web/login.
bool is_login(const HttpResponse& response) {
  return path_of(response.effective_url).ends_with(login_path);
}

std::string database_hint(const CheckContext& context) {
  const std::string& service = context.policy.database_service;
  if (service.empty())
    return fmt::format("look at the server that {} names",
                       context.paths.at(context.policy.database_url_file));
  return fmt::format("look at the service `{}`: `docker compose logs --tail 50 {}`", service,
                     service);
}

std::optional<CheckResult> without_database(const CheckContext& context) {
  if (!context.databases_trouble.empty())
    return unsure("the databases are not known: " + context.databases_trouble,
                  database_hint(context));
  if (context.databases.empty() && has_database(context.policy)) return passes("no database yet");
  return std::nullopt;
}

std::string path_of(const std::string& url) {
  const std::string path = split_url(url).path;
  return path.substr(0, path.find_first_of("?#"));
}

std::string answer_text(const HttpResponse& response) {
  const std::string location = is_redirect(response.status) ? header(response, "location") : "";
  return fmt::format("{}{} in {}", response.status,
                     location.empty() ? "" : " to " + printable(location),
                     human_duration(response.elapsed));
}

CheckResult unanswered(const HttpResponse& response, const Address& address, std::string hint,
                       std::string subject) {
  const std::string measured = fmt::format("{} ({})", response.failure_text,
                                           address.how.empty() ? address.url : address.how);
  return site_is_at_fault(response.failure) ? fails(measured, std::move(hint), std::move(subject))
                                            : unsure(measured, std::move(hint), std::move(subject));
}

CheckResult expect_ok(const HttpResponse& response, const Address& address, std::string hint,
                      std::string subject) {
  if (!response.answered())
    return unanswered(response, address, std::move(hint), std::move(subject));
  CheckResult result = response.status == 200
                           ? passes(answer_text(response), std::move(subject))
                           : fails(answer_text(response), std::move(hint), std::move(subject));
  result.elapsed = response.elapsed;
  return result;
}

}  // namespace ballast
