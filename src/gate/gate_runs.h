// The commands that the gate starts. One that changes a stack goes on when nobody listens any more:
// what it says is kept in a file, and who asks for the same meanwhile hears all of it.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/secrets.h"
#include "gate/gate_talk.h"
#include "gate/order.h"
#include "gate/order_words.h"
#include "live/server.h"

namespace ballast {

class GateListener {
 public:
  virtual ~GateListener() = default;
  virtual void hear(const GateSaying& saying) = 0;
  virtual bool listens() = 0;
};

class GateRuns {
 public:
  // `program`: ballast itself.
  GateRuns(Server& server, std::string program);
  GateRuns(const GateRuns&) = delete;
  GateRuns& operator=(const GateRuns&) = delete;
  ~GateRuns();  // waits for what runs

  bool is_under_way(const Order& order);
  // Returns when it has ended, or nobody listens; the last that is heard is its exit status.
  // Error(locked): the gate runs something else on that stack.
  void run(const Order& order, const OrderTerms& terms, GateListener& listener);

 private:
  struct Place {  // of one that changes a stack
    std::string id;
    std::string lock;
    std::string log;
  };
  struct Runner {
    std::atomic<bool> over = false;
    std::thread thread;
  };

  Place place_of(const std::string& stack, const std::string& id) const;
  Place start_or_join(const Order& order, const OrderTerms& terms);
  void start(const Order& order, const OrderTerms& terms, const Place& place,
             std::unique_ptr<Lock> lock);
  void follow(const Order& order, const Place& place, GateListener& listener);
  bool goes_on(const Place& place);
  int run_to_its_end(const Order& order, const OrderTerms& terms, int lock,
                     const std::function<void(const GateSaying&)>& tell);
  void remove_old_logs(const std::string& stack);

  Server& server_;
  std::string program_;
  std::mutex mutex_;
  std::list<Runner> runners_;
};

}  // namespace ballast
