import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { recordPath } from '@/lib/ledger'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag, type Colour } from '@/parts/tag'

interface Owed {
  obligation: string; name: string; clause: string; owner: string; reviewer?: string; status: string; due?: string; received?: string
  report?: string; period_from?: string; period_to?: string
}
/// Report forms: rows of spec/report_forms.tsv, as the API calls them.
const kForms: [form: string, title: string][] = [
  ['panel', 'DCC reporting to the SEC Panel'], ['performance', 'Performance Measurement Report'], ['sr-variance', 'Service Request Variance Report'],
  ['csr-variance', 'Certificate Signing Request Variance Report'], ['hub-deliveries', 'Communications Hub deliveries'],
  ['hub-returns', 'Responsible Communications Hub Returns Report'], ['hub-compliance', 'Communications Hub Variant Compliance'],
  ['rdp-incidents', 'Registration Data Provider Incident Report'], ['problems', 'Quarterly Problem Report'], ['ops-pack', 'Operations Group pack'],
  ['health', 'Regional health board'], ['consistency', 'Consistency of incident categories'],
]
export const titleOfForm = (form: string) => kForms.find(([name]) => name === form)?.[1] ?? form
const statusColour = (status: string): Colour => (/late|overdue|missing/.test(status) ? 'red' : status === 'on time' ? 'green' : 'grey')

/// What is owed to whom and when it came, and the reports that the platform makes itself.
export function Reports() {
  const [query] = useFilters()
  const asked = Object.fromEntries(query)
  const owed = useApi<{ month: string; as_at: string; obligations: Owed[] }>('/obligations', asked)
  const words = new URLSearchParams(asked).toString()
  return (
    <>
      <h1 class="govuk-heading-l">Obligations and reports</h1>
      <Filters of={[{ name: 'month', label: 'Month (2018-08)' }, { name: 'as_at', label: 'As things stood on (2018-10-05)' }]} />
      <h2 class="govuk-heading-m">Reports that are made from the records</h2>
      <ul class="govuk-list">{kForms.map(([form, title]) => (
        <li key={form}><a class="govuk-link" href={`/reports/${form}${words ? `?${words}` : ''}`}>{title}</a></li>
      ))}</ul>
      <Loaded from={owed}>{(value) => (
        <Table caption={`What is owed for ${value.month}, as of ${value.as_at}`} rows={value.obligations} rowKey={(o) => o.obligation} empty={whyEmpty(query, 'month', 'as_at')}
          columns={[
            { title: 'Report', cell: (o) => <a class="govuk-link" href={recordPath('obligation', o.obligation)}>{o.name}</a> },
            { title: 'Clause', cell: (o) => o.clause },
            { title: 'Owner', cell: (o) => o.owner },
            { title: 'Reviewer', cell: (o) => o.reviewer ?? '' },
            { title: 'Period', cell: (o) => (o.period_from ? `${o.period_from} to ${o.period_to ?? ''}` : '') },
            { title: 'Due', cell: (o) => o.due ?? '' },
            { title: 'Received', cell: (o) => o.received ?? '' },
            { title: 'Status', cell: (o) => <Tag colour={statusColour(o.status)}>{o.status}</Tag> },
            { title: 'Instance', cell: (o) => (o.report ? <a class="govuk-link" href={recordPath('report', o.report)}>{o.report}</a> : '') },
          ]} />
      )}</Loaded>
    </>
  )
}
