import { useEffect } from 'preact/hooks'
import { navigate, useFilters } from '@/lib/location'
import { recordPath } from '@/lib/ledger'
import type { PageProps } from '@/lib/page'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State } from '@/parts/tag'

interface Found { kind: string; reference: string; label: string; state: string; class: string }

/// Records of every kind that hold all the words.
export function Search() {
  const [query] = useFilters()
  const q = query.get('q') ?? ''
  const asked = useApi<{ records: Found[] }>(q ? '/search' : null, { q, limit: 100 })
  return (
    <>
      <h1 class="govuk-heading-l">Search</h1>
      <Filters of={[{ name: 'q', label: 'Words' }]} />
      {!q && <p class="govuk-body">Enter words: records that hold all of them are found. A RequestID or a device in the field on top leads straight to it.</p>}
      <Loaded from={asked}>{(value) => <Results found={value.records} empty={whyEmpty(query)} />}</Loaded>
    </>
  )
}

function Results({ found, empty }: { found: Found[]; empty: 'none' | 'filtered' | 'forbidden' | 'delayed' }) {
  return <Table caption="Records" rows={found} rowKey={(r) => `${r.kind} ${r.reference}`} empty={empty} columns={[
    { title: 'Reference', cell: (r) => <a class="govuk-link" href={recordPath(r.kind, r.reference)}>{r.reference}</a> },
    { title: 'Kind', cell: (r) => r.kind },
    { title: 'What', cell: (r) => r.label },
    { title: 'State', cell: (r) => <State of={r.state} /> },
  ]} />
}

/// A reference of any kind: leads to its record when there is one of that name.
export function Find({ part: parts }: PageProps) {
  const reference = parts.reference ?? ''
  const asked = useApi<{ records: Found[] }>('/search', { q: reference, limit: 20 })
  const exact = asked.value?.records.find((r) => r.reference.toLowerCase() === reference.toLowerCase())
  useEffect(() => { if (exact) navigate(recordPath(exact.kind, exact.reference), { replace: true }) }, [exact?.reference])
  return (
    <>
      <h1 class="govuk-heading-l">{reference}</h1>
      <Loaded from={asked}>{(value) => exact ? <p class="govuk-body">Found.</p> : <Results found={value.records} empty="none" />}</Loaded>
    </>
  )
}
