import { testSolution } from "./documents/solution-tests";

testSolution("DNAT on lb to a node");
