import { expect, it } from "vitest";
import { withClockOffset } from "./clock";

const clock = (element: string) => `<domain>\n  ${element}\n  <devices/>\n</domain>`;

it.each([
    ["<clock offset='utc'/>", "<clock offset='variable' adjustment='-60' basis='utc'/>"],
    [
        "<clock offset='utc'>\n    <timer name='rtc' track='guest'/>\n  </clock>",
        "<clock offset='variable' adjustment='-60' basis='utc'>\n    <timer name='rtc' track='guest'/>\n  </clock>",
    ],
    [
        "<clock offset='variable' adjustment='-3' basis='utc'/>",
        "<clock offset='variable' adjustment='-60' basis='utc'/>",
    ],
])("sets the offset of %s", (before, after) => {
    expect(withClockOffset(clock(before), -60)).toBe(clock(after));
});
