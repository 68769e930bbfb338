/// A bulk job and its rows, as docs/wire/api.md has them.
export interface Job {
  id: number; kind: string; name: string; state: string; phase: 'check' | 'dry-run' | 'run'; mode: string
  by: string; party: string; user: string; sha256: string; columns: string[]
  rows: number; rows_of_phase: number; outcomes: Record<string, number>; not_looked_at: number
  created: string; begun: string; ended: string; dry_run_ended: string; rows_per_second: number; estimated_end: string; as_of: string
}
export interface JobRow {
  row: number; key: string; outcome: string; column: string; why: string; rule: string; service: string
  from: string; to: string; reference: string; at: string
}
export interface JobKind {
  kind: string; what: string; services: string; class: string; most_rows: number; clause: string
  columns: { name: string; service: string; needed: boolean; meaning: string }[]
}
export const isUnderWay = (job: Job) => /^(checking|dry running|running)$/.test(job.state)
/// Rows that stay as they are whatever else is done.
export const badRows = (job: Job) => (job.outcomes['not valid'] ?? 0) + (job.outcomes['duplicate'] ?? 0)
export const outcomeColour = (outcome: string) =>
  /^(done|valid|would be done)$/.test(outcome) ? 'green' as const : /refused|not valid/.test(outcome) ? 'red' as const : 'yellow' as const
