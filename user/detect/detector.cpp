// SPDX-License-Identifier: BSD-2-Clause
#include "detect/detector.h"

#include "detect/domain_detector.h"
#include "detect/ip_detector.h"
#include "detect/scan_detector.h"
#include "detect/signature_detector.h"
#include "detect/url_detector.h"

namespace peek {

void Detector::expire(Timestamp /*now*/, const RuleSets& /*rules*/, MatchSink& /*sink*/) {}
void Detector::finish(const RuleSets& /*rules*/, MatchSink& /*sink*/) {}

std::vector<std::unique_ptr<Detector>> make_detectors() {
    std::vector<std::unique_ptr<Detector>> detectors;
    detectors.push_back(make_ip_detector());
    detectors.push_back(make_domain_detector());
    detectors.push_back(make_url_detector());
    detectors.push_back(make_signature_detector());
    detectors.push_back(make_scan_detector());
    return detectors;
}

}  // namespace peek
