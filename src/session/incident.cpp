#include "session/incident.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t longest_patch = 64 << 10;
constexpr std::string_view to_do_title = "\n## Still to do\n\n";

constexpr auto titles = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"ci-deploy", "deploy by CI: a release that has the change"},
     {"notes", "incident notes"},
     {"pull-request", "pull request with the change"},
     {"review", "review of it"}});

std::string person_text(const Person& person) {
  return person.from_kernel
             ? fmt::format("{} (uid {})", person.name, person.user)
             : fmt::format("{} (uid {}, nobody logged in)", person.name, person.user);
}

std::string ending_of(const Recording& recording) {
  if (!recording.ended) return "it has not ended";
  if (recording.ending == "lost") return "its recording was cut off";
  const std::string status =
      recording.status ? fmt::format("exit status {}", *recording.status) : "exit status unknown";
  return recording.ending == "itself" ? status
                                      : fmt::format("ended: {}, {}", recording.ending, status);
}

std::string facts(const BreakGlass& session, const std::string& host) {
  std::string text = fmt::format("- Reason: {}\n", session.reason);
  if (!session.ticket.empty()) text += fmt::format("- Ticket: <{}>\n", session.ticket);
  text += fmt::format("- Server: {}\n- Stack: {}\n- Opened by: {}\n", host, session.stack,
                      person_text(session.opened_by));
  if (session.approved_by)
    text += fmt::format("- Approved by: {}\n", person_text(*session.approved_by));
  if (session.needs_approval && !session.approved_by)
    text += "- Approved by: nobody, so nothing ran\n";
  text += fmt::format("- Closed by: {}\n", session.closed_by);
  return text;
}

struct Moment {
  Time at{};
  std::string text;
};

std::vector<Moment> moments_of(const Incident& incident) {
  const BreakGlass& session = incident.session;
  std::vector<Moment> moments{
      {session.opened, fmt::format("opened by {}, for {}", session.opened_by.name,
                                   human_duration(session.length))}};
  if (session.approved)
    moments.push_back({*session.approved, "approved by " + session.approved_by->name});
  for (const Recording& recording : incident.recordings) {
    moments.push_back({recording.began, "began: " + words_of(recording)});
    if (recording.ended)
      moments.push_back({*recording.ended,
                         fmt::format("ended: {}: {}", words_of(recording), ending_of(recording))});
  }
  if (session.closed) moments.push_back({*session.closed, "closed by " + session.closed_by});
  std::ranges::stable_sort(moments, {}, &Moment::at);
  return moments;
}

std::string timeline(const Incident& incident) {
  std::string text;
  for (const Moment& moment : moments_of(incident))
    text += fmt::format("- {} {}\n", iso_local(moment.at), moment.text);
  return text;
}

std::string commands(const Incident& incident) {
  if (incident.recordings.empty()) return "Nothing was run.\n";
  std::string text =
      "| number | by | what | how it ended | recording | SHA-256 |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const Recording& recording : incident.recordings)
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", recording.number, recording.by.name,
                        replace_all(words_of(recording), "|", "\\|"), ending_of(recording),
                        recording_file(recording.number, "cast"), recording.sha256);
  return text + "\nA recording is played with: `asciinema play 001.cast`\n";
}

std::string list_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("- {}\n", line);
  return text;
}

std::string file_text(const LeftFile& file) {
  const std::string where =
      file.patch.empty() ? fmt::format("{}, named only", file.content) : "see " + file.patch;
  return fmt::format("`{}` in {}: {} ({})", printable(file.path), file.service,
                     replace_all(file.change, "-", " "), where);
}

std::string changes(const SessionChanges& comparison) {
  std::vector<std::string> lines;
  for (const LeftFile& file : comparison.files) lines.push_back(file_text(file));
  for (const LeftVariable& variable : comparison.variables)
    lines.push_back(fmt::format("`{}` in .env: {}", variable.name, variable.change));
  for (const std::string& name : comparison.stack_files)
    lines.push_back(fmt::format("`{}`: changed (see {})", name, stack_patch));
  for (const std::string& line : comparison.containers) lines.push_back(line);
  if (!comparison.deployed.empty())
    lines.push_back(fmt::format("{} was deployed meanwhile", comparison.deployed));
  for (const std::string& trouble : comparison.troubles)
    lines.push_back("not compared: " + printable(trouble));
  if (lines.empty()) lines.emplace_back("nothing that Ballast compares");
  return list_of(lines) +
         "\nWhat was changed in databases and in volumes of data is not compared: see the "
         "recordings.\n";
}

std::string patch_section(std::string_view name, std::string_view how, const std::string& patch,
                          const Secrets& secrets) {
  if (patch.empty()) return {};
  // More backquotes than any line of it can have at its front.
  return fmt::format("\n### {}\n\n{}\n\n``````diff\n{}``````\n", name, how,
                     secrets.mask(shortened(patch, longest_patch)));
}

std::string patches(const Incident& incident) {
  const Patches& all = incident.patches;
  return patch_section(repository_patch,
                       "In the repository: `patch -p1 < changes.patch`. Known secrets are hidden "
                       "here, not in the file.",
                       all.repository, incident.secrets) +
         patch_section(container_patch, "Of other files of the image, named by their paths in it.",
                       all.container, incident.secrets) +
         patch_section(stack_patch, "In the stack's folder: `patch -p1 < stack.patch`.", all.stack,
                       incident.secrets);
}

std::string to_do(const BreakGlass& session) {
  std::string text;
  for (const FollowUp& one : session.follow_ups) {
    text += fmt::format("- [{}] {}", one.done ? 'x' : ' ', follow_up_title(one.name));
    if (one.done) text += fmt::format(", {} by {}", iso_local(*one.done), one.by);
    if (!one.link.empty()) text += fmt::format(": <{}>", one.link);
    text += "\n";
  }
  return text.empty() ? "Nothing.\n" : text;
}

}  // namespace

std::string_view follow_up_title(std::string_view name) {
  for (const auto& [known, title] : titles)
    if (known == name) return title;
  return name;
}

std::string words_of(const Recording& recording) {
  const std::string where =
      recording.place == "host" ? "on the host" : fmt::format("in {}", recording.place);
  if (recording.argv.empty()) return "a shell " + where;
  return fmt::format("`{}` {}", printable(shell_quoted(recording.argv)), where);
}

std::string incident_page(const Incident& incident) {
  return fmt::format(
      "# Incident: {} on {}\n\n{}\n## Timeline\n\n{}\n## Commands\n\n{}\n## What changed\n\n{}{}"
      "{}{}",
      incident.session.id, incident.session.stack, facts(incident.session, incident.host),
      timeline(incident), commands(incident), changes(incident.comparison), patches(incident),
      to_do_title, to_do(incident.session));
}

std::string with_to_do(const std::string& page, const BreakGlass& session) {
  const auto begin = page.rfind(to_do_title);
  return fmt::format("{}{}{}", page.substr(0, begin), to_do_title, to_do(session));
}

}  // namespace ballast
