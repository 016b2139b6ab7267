// What the commands call of the features below, as one interface, so that the command line is
// tested without a server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backup/backup.h"
#include "backup/drill.h"
#include "backup/restore.h"
#include "backup/verify_set.h"
#include "base/error.h"
#include "deploy/adopt.h"
#include "deploy/deploy.h"
#include "deploy/report.h"
#include "deploy/rollback.h"
#include "prune/prune.h"

namespace ballast {

struct Gate {
  std::string name;
  bool overridable = false;
};

class Features {
 public:
  virtual ~Features() = default;
  virtual OperationResult deploy(Progress& progress, const DeployRequest& request) = 0;
  virtual Preview preview(const DeployRequest& request) = 0;
  virtual OperationResult rollback(Progress& progress, const RollbackRequest& request) = 0;
  virtual Preview preview(const RollbackRequest& request) = 0;
  virtual OperationResult adopt(Progress& progress, const AdoptRequest& request) = 0;
  virtual Preview preview(const AdoptRequest& request) = 0;
  virtual VerifyReport verify(Progress& progress, const std::string& stack) = 0;
  virtual std::vector<StackStatus> status(const std::string& stack) = 0;
  virtual HistoryReport history(const HistoryQuery& query) = 0;
  virtual std::vector<Recovered> recover(Progress& progress, const std::string& stack,
                                         Duration wait) = 0;
  virtual BackupResult backup(Progress& progress, const BackupRequest& request) = 0;
  virtual std::vector<StoredSet> backups(const std::string& stack) = 0;
  virtual StoredSet backup_named(const std::string& stack, const std::string& word) = 0;
  virtual std::vector<SetVerified> verify_backups(Progress& progress, const std::string& stack,
                                                  const std::string& word, bool all) = 0;
  virtual RestorePreview preview(const RestoreRequest& request) = 0;
  virtual RestoreResult restore(Progress& progress, const RestoreRequest& request) = 0;
  virtual Parked parked(const std::string& stack) = 0;
  virtual RestoreResult undo_restore(Progress& progress, const ParkedRequest& request) = 0;
  virtual std::vector<std::string> confirm_restore(Progress& progress,
                                                   const ParkedRequest& request) = 0;
  virtual DrillReport drill(Progress& progress, const DrillRequest& request) = 0;
  virtual std::vector<DrillReport> drills(const std::string& stack) = 0;
  virtual PruneReport prune(Progress& progress, const PruneRequest& request) = 0;
  virtual InitReport init(const std::string& stack, bool write) = 0;
  virtual ConfigReport validate_config(const std::string& stack) = 0;
  virtual std::vector<std::string> stack_names() = 0;
  virtual std::vector<Gate> gates() = 0;
};

using MakeFeatures = std::function<std::unique_ptr<Features>(Host& host, const std::string& root)>;

// The real ones.
std::unique_ptr<Features> features_of_server(Host& host, const std::string& root);

}  // namespace ballast
