import { testSolution } from "./documents/solution-tests";

testSolution("CoreDNS answering for the site");
