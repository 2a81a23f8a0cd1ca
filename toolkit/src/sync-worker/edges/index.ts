export { type AdminCall, askEdge, type Edges, type ReadToken, streamFromEdge } from './ask-edge.ts'
export { buildCutoverEdges } from './cutover-edges.ts'
export { buildEdgeReports } from './edge-reports.ts'
