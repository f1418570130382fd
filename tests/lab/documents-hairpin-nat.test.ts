import { testSolution } from "./documents/solution-tests";

testSolution("Hairpin NAT on lb");
