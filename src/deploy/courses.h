// The courses of this room, one for each kind of operation.
#pragma once

#include "live/work.h"

namespace ballast {

Course deploy_course(Work& work);
Course rollback_course(Work& work);
Course rollback_with_data_course(Work& work);
Course adopt_course(Work& work);

}  // namespace ballast
