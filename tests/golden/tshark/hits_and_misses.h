// SPDX-License-Identifier: BSD-2-Clause
// What the rules of this directory match, and what comes close to it.
#pragma once

#include <string>
#include <vector>

namespace peek::test {

using Texts = std::vector<std::string>;

// The first and last of a network, and those beside it.
inline const Texts kListed4{"203.0.113.66",   "192.0.2.77", "198.51.100.64",
                            "198.51.100.127", "10.99.0.0",  "10.99.255.255"};
inline const Texts kListed6{"2001:db8:bad::66",
                            "2001:db8:bad:1::", "2001:db8:bad:1:ffff:ffff:ffff:ffff"};
inline const Texts kOther4{"203.0.113.67",   "203.0.113.65",  "192.0.2.78", "198.51.100.63",
                           "198.51.100.128", "10.98.255.255", "10.100.0.0"};
inline const Texts kOther6{"2001:db8:bad::67", "2001:db8:bad::6",
                           "2001:db8:bad:2::", "2001:db8:bad:0:ffff:ffff:ffff:ffff"};

inline const std::string kLabel63(63, 'l');
inline const Texts kListedNames{"evil.example",
                                "EVIL.Example",
                                "www.evil.example",
                                "a.b.c.d.e.f.evil.example",
                                "Tracker.TEST",
                                "x.tracker.test",
                                kLabel63 + ".tracker.test",
                                "a.b.deep.example",
                                "A.A.B.deep.example",
                                "xn--bcher-kva.example"};
inline const Texts kOtherNames{"example",          "vil.example",       "notevil.example",
                               "evil.example.com", "evil-example",      "racker.test",
                               "b.deep.example",   "bcher-kva.example", "tracker.test." + kLabel63,
                               "xtracker.test"};

struct Target {
    const char* target;
    const char* host;
};
inline const std::vector<Target> kListedTargets{{"/malware/1", "a.example"},
                                                {"/x/malware/?q=1", "a.example"},
                                                {"/login", "bad.example"},
                                                {"/login?next=/", "www.bad.example"},
                                                {"/", "worse.example"},
                                                {"/any", "worse.example.org:8080"},
                                                {"/sh?cmd=cat%20/etc/passwd", "c"},
                                                {"http://bad.example/login", "proxy.example"},
                                                {"http://h/malware/", "h"}};
inline const std::vector<Target> kOtherTargets{
    {"/Malware/1", "a.example"},       {"/malware", "a.example"},
    {"/login", "bad.example.org"},     {"/login", "Bad.example"},
    {"/worse.example", "h"},           {"/sh?cmd=cat", "c"},
    {"http://h/login", "bad.example"}, {"/sh?cmd=cat+/etc/passwd", "c"}};

inline const Texts kListedBytes{"drop table", std::string("\0\xff\0binary", 9), "MALWARE",
                                "\xde\xad\xbe\xef"};
inline const Texts kOtherBytes{"drop  table", std::string("\0\xff\0Binary", 9), "malware",
                               "\xde\xad\xbe\xee", "drop tabl"};

}  // namespace peek::test
