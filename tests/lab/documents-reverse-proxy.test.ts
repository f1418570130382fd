import { testSolution } from "./documents/solution-tests";

testSolution("Reverse proxy on lb");
