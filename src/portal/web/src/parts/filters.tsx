import { useEffect, useState } from 'preact/hooks'
import { useFilters } from '@/lib/location'
import { Button, Input, Select, type Choice } from '@/parts/fields'

export interface Filter { name: string; label: string; choices?: readonly Choice[]; width?: number; type?: string }

/// The filters of a list. They live in the URL, so that a page can be shared as it is seen.
export function Filters({ of }: { of: readonly Filter[] }) {
  const [query, setQuery] = useFilters()
  const inUrl = Object.fromEntries(of.map((f) => [f.name, query.get(f.name) ?? '']))
  const key = JSON.stringify(inUrl)
  const [draft, setDraft] = useState(inUrl)
  useEffect(() => setDraft(inUrl), [key])
  const set = (name: string) => (value: string) => setDraft({ ...draft, [name]: value })
  const isFiltered = Object.values(inUrl).some(Boolean)
  return (
    <div class="mw-filters" role="search" aria-label="Filters">
      <form onSubmit={(e) => { e.preventDefault(); setQuery(Object.fromEntries(Object.entries(draft).map(([n, v]) => [n, v.trim()]))) }}>
        {of.map((f) => f.choices
          ? <Select key={f.name} id={`filter-${f.name}`} label={f.label} value={draft[f.name] ?? ''} onValue={set(f.name)} choices={[{ value: '', label: 'any' }, ...f.choices]} />
          : <Input key={f.name} id={`filter-${f.name}`} label={f.label} value={draft[f.name] ?? ''} onValue={set(f.name)} {...(f.type ? { type: f.type } : {})} />)}
        <Button submit kind="secondary">Apply</Button>
        {isFiltered && <Button kind="secondary" onClick={() => setQuery(Object.fromEntries(of.map((f) => [f.name, ''])))}>Clear</Button>}
      </form>
    </div>
  )
}
