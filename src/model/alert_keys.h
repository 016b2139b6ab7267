// `alerts:` of ballast.yaml.
#pragma once

#include "base/json.h"
#include "model/alerts.h"
#include "model/policy_values.h"

namespace ballast {

// Error(usage) with the line for an unknown alert or key (and the nearest known one), and for a
// threshold without its unit.
GivenAlerts read_alerts(const PolicyValue& value);

// Of every alert, defaults included; as it is written in the file.
Json alerts_json(const GivenAlerts& given);

}  // namespace ballast
