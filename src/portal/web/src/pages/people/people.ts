/// What /people tells (docs/operations/people.md).
export interface Person { id: string; name: string; party: string; roles: string[]; clearance: string; active: boolean }
export interface JobType { job_type: string; given: string; verified: boolean; meaning: string }

export const personPath = (id: string): string => `/people/${encodeURIComponent(id)}`
export const kClearances = ['White', 'Green', 'Amber', 'Red'].map((one) => ({ value: one, label: one }))
