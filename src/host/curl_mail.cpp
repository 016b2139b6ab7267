#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

#include "base/text.h"
#include "host/curl_exchange.h"
#include "host/curl_failure.h"
#include "host/curl_http.h"
#include "host/mail.h"

namespace ballast {

namespace {

constexpr int lasting_refusal = 500;

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& left = *static_cast<std::string_view*>(user);
  const std::size_t given = std::min(size * count, left.size());
  std::memcpy(buffer, left.data(), given);
  left.remove_prefix(given);
  return given;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// The line that refused, as the server sent it, without its code.
std::size_t keep_reply(char* data, std::size_t size, std::size_t count, void* user) {
  const std::string_view line = trim({data, size * count});
  if (!line.empty() && (line.front() == '4' || line.front() == '5'))
    *static_cast<std::string*>(user) = printable(shortened(line, 200));
  return size * count;
}

void set_server(CURL* handle, const Mail& mail) {
  curl_easy_setopt(handle, CURLOPT_URL, mail.server.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_USE_SSL,
                   static_cast<long>(mail.tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<long long>(mail.deadline.count(), 1)));
  if (!mail.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, mail.ca_file.c_str());
  if (!mail.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  if (mail.user.empty()) return;
  curl_easy_setopt(handle, CURLOPT_USERNAME, mail.user.c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, mail.password.c_str());
}

// An address that the server does not know must not keep the others from hearing of it.
void set_envelope(CURL* handle, const Mail& mail, CurlList& recipients) {
  for (const std::string& address : mail.to) {
    curl_slist* longer = curl_slist_append(recipients.get(), ("<" + address + ">").c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(recipients.release());
    recipients.reset(longer);
  }
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
}

std::string trouble_of(CURL* handle, CURLcode code, const Mail& mail, const std::string& reply) {
  if (!reply.empty()) return reply;
  if (code == CURLE_USE_SSL_FAILED) return "the server offers no TLS";
  HttpRequest asked;
  asked.deadline = mail.deadline;
  HttpResponse answered;
  set_failure(handle, code, asked, answered);
  return answered.failure_text;
}

MailAnswer answer_of(CURL* handle, CURLcode result, const Mail& mail, const std::string& reply) {
  MailAnswer answer{.code = 0, .sent = result == CURLE_OK, .trouble = {}, .elapsed = {}};
  long code = 0;
  curl_off_t microseconds = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
  curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &microseconds);
  answer.code = static_cast<int>(code);
  answer.elapsed = std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
  if (answer.sent) return answer;
  answer.trouble = trouble_of(handle, result, mail, reply);
  // A connection that broke leaves the code of the step before.
  if (reply.empty() && answer.code < lasting_refusal) answer.code = 0;
  return answer;
}

class SmtpMailer : public Mailer {
 public:
  MailAnswer send(const Mail& mail) override {
    const CurlHandle handle(curl_easy_init());
    if (!handle) throw std::bad_alloc();
    CurlList recipients;
    std::string_view left = mail.text;
    std::string reply;
    set_server(handle.get(), mail);
    set_envelope(handle.get(), mail, recipients);
    curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, give);
    curl_easy_setopt(handle.get(), CURLOPT_READDATA, &left);
    curl_easy_setopt(handle.get(), CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(mail.text.size()));
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, keep_reply);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &reply);
    const CURLcode result = curl_easy_perform(handle.get());
    return answer_of(handle.get(), result, mail, reply);
  }

 private:
  CurlHttp initialised_;  // curl as a whole
};

}  // namespace

std::unique_ptr<Mailer> smtp_mailer() { return std::make_unique<SmtpMailer>(); }

std::unique_ptr<Http> http_trusting(const std::string& ca_file) {
  return std::make_unique<CurlHttp>(ca_file);
}

}  // namespace ballast
