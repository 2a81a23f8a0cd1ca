export type { Edges } from './ask-edge.ts'
export { buildCutoverEdges } from './cutover-edges.ts'
export { buildEdgeReports } from './edge-reports.ts'
