// What may come in at the door: names of stacks, tags, operators. Each check throws Error(usage)
// with the offending part made printable; the limits are documented in docs/formats.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast {

// Compose's own rule for project names: [a-z0-9][a-z0-9_-]*, at most 63 bytes.
void require_stack_name(std::string_view name);
// The OCI rule: [A-Za-z0-9_][A-Za-z0-9._-]{0,127}.
void require_tag(std::string_view tag);
// An operator, environment or reason: UTF-8, no `|`, no control character, not empty, at most
// `limit` bytes.
void require_field(std::string_view what, std::string_view value, std::size_t limit = 128);
// Who did it: a field without blanks and without characters that a shell takes for its own, which
// `github-actions[bot]` and `ken@example.com` do without. At most 128 bytes.
void require_operator(std::string_view what, std::string_view name);

}  // namespace ballast
