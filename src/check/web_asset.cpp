#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

namespace {

constexpr const char* no_link_hint =
    "look at the source of /web/login; where its assets come from another host, write "
    "`verify: {skip: [web-asset]}` in ballast.yaml";
constexpr const char* asset_hint =
    "without its filestore Odoo logs in but shows no assets: look at the volume of /var/lib/odoo";

struct Link {
  std::string_view tag;
  std::string_view attribute;
};
constexpr std::array links{Link{"<link", "href=\""}, Link{"<script", "src=\""}};

std::string value_in(std::string_view element, std::string_view attribute) {
  const auto begin = element.find(attribute);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = element.substr(begin + attribute.size());
  return replace_all(std::string(rest.substr(0, rest.find('"'))), "&amp;", "&");
}

std::vector<std::string> values_in(std::string_view page, const Link& link) {
  std::vector<std::string> values;
  for (auto at = page.find(link.tag); at != std::string_view::npos;
       at = page.find(link.tag, at + 1)) {
    const std::string_view element = page.substr(at, page.find('>', at) - at);
    values.push_back(value_in(element, link.attribute));
  }
  return values;
}

// Empty for another host.
std::string own_path(const std::string& link, const Address& address) {
  if (link.starts_with('/') && !link.starts_with("//")) return link;
  const std::string origin = address.origin();
  if (link.starts_with(origin + "/")) return link.substr(origin.size());
  const std::string_view without_scheme = std::string_view(origin).substr(origin.find("//"));
  return link.starts_with(std::string(without_scheme) + "/") ? link.substr(without_scheme.size())
                                                             : std::string();
}

bool is_asset(const std::string& path) {
  const std::string file = path_of(path);
  return path.starts_with("/web/assets/") || path.starts_with("/web/content/") ||
         file.ends_with(".css") || file.ends_with(".js");
}

std::string first_asset(std::string_view page, const Address& address) {
  for (const Link& link : links)
    for (const std::string& value : values_in(page, link))
      if (std::string path = own_path(value, address); is_asset(path)) return path;
  return {};
}

CheckResult judged(const HttpResponse& response, const Address& address, const std::string& path) {
  if (response.answered() && response.status == 200 && response.body.empty())
    return fails("200, but empty", asset_hint, path);
  return expect_ok(response, address, asset_hint, path);
}

}  // namespace

Answers web_asset(const CheckContext& context) {
  if (auto instead = without_database(context)) return {*instead};
  const std::string database = first_database(context);
  const Address address = web_address(context, database);
  Visitor visitor(context);
  const HttpResponse login = get_login(visitor, context, database);
  if (!login.answered() || login.status != 200)
    return {expect_ok(login, address, log_hint(*context.target), "/web/login")};
  const std::string path = first_asset(login.body, address);
  if (path.empty())
    return {fails("the login page links to no asset of its own", no_link_hint, "/web/login")};
  return {judged(visitor.get(address, path), address, path)};
}

}  // namespace ballast::checks
