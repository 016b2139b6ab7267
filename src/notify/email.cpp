// A mail of plain text. Those of one incident are one thread.
#include <fmt/format.h>

#include <algorithm>

#include <array>

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "notify/channel.h"
#include "notify/words.h"

namespace ballast {

namespace {

constexpr std::size_t longest_subject = 180;
constexpr std::size_t line_of_base64 = 76;
constexpr std::size_t bytes_of_word = 42;  // 56 letters of base64, and what is around them

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string mail_date(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days.at(std::chrono::weekday(day).c_encoding()),
      static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

// RFC 2047: words of at most 75 letters, no letter of UTF-8 across two.
std::string encoded_header(const std::string& text) {
  if (is_plain(text)) return text;
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(begin + bytes_of_word, text.size());
    const auto continues = [&] {
      return end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U;
    };
    while (continues() && end > begin + 1) --end;
    words.push_back("=?UTF-8?B?" + base64(text.substr(begin, end - begin)) + "?=");
    begin = end;
  }
  return join(words, "\r\n ");
}

// No name of a host or key of ours gets raw into an id.
std::string message_id(std::string_view what) {
  return fmt::format("<{}@ballast>", sha256_hex(what).substr(0, 32));
}

std::string body_of(const Message& message) {
  const std::string encoded = base64(plain_text(message));
  std::string body;
  for (std::size_t at = 0; at < encoded.size(); at += line_of_base64)
    body += encoded.substr(at, line_of_base64) + "\r\n";
  return body;
}

std::string subject_line(const Message& message) {
  const std::string subject = fmt::format("[{}] {}", message.host, subject_of(message));
  return encoded_header(printable(shortened(subject, longest_subject)));
}

std::string text_of(const Envelope& envelope) {
  const Message& message = envelope.message;
  const std::string thread = message_id(message.host + "/" + message.group);
  const bool urgent = message.severity() == Severity::page && message.firing();
  return fmt::format(
      "From: <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\nReferences: {}\r\n"
      "In-Reply-To: {}\r\nAuto-Submitted: auto-generated\r\n{}"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n{}",
      envelope.settings.from, "<" + join(envelope.settings.to, ">,\r\n <") + ">",
      subject_line(message), mail_date(message.at), message_id(message.host + "/" + message.id),
      thread, thread, urgent ? "Importance: high\r\n" : "", body_of(message));
}

}  // namespace

std::optional<Outgoing> channels::email(const Envelope& envelope) {
  const ChannelSettings& settings = envelope.settings;
  return Mail{.server = settings.url,
              .tls = settings.tls,
              .ca_file = settings.ca_file,
              .user = settings.user,
              .password = envelope.secrets.password,
              .from = settings.from,
              .to = settings.to,
              .text = text_of(envelope),
              .deadline = settings.deadline};
}

}  // namespace ballast
