// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { ProblemBar } from "../../src/components/ProblemBar";
import { useSession } from "../../src/stores/session";
import { after, buttonNamed, render } from "./rendering";

it("says what was wrong and what to do, until it is dismissed", () => {
  useSession.setState({ problem: { code: "x", message: "CL is not known.", hint: "CL.FUT?" } });
  const place = render(<ProblemBar />);
  expect(place.querySelector("[role=alert]")?.textContent).toContain("CL is not known. CL.FUT?");
  after(() => buttonNamed(place, "Dismiss").click());
  expect(place.querySelector("[role=alert]")).toBeNull();
});
