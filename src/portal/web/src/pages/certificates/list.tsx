import { useFilters, withFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { CertificateTable, type Certificate } from '@/pages/certificates/table'

/// Certificates by owner, and when they expire. Whoever acts for a party sees those of its Users.
export function Certificates() {
  const [query] = useFilters()
  const session = useSession()
  const all = session.may(['users.read'])
  const of = query.get('of') ?? 'users'
  const asked = {
    owner: query.get('owner'), use: query.get('use'), status: query.get('status'), expires_before: query.get('expires_before'),
    of: of === 'users' ? 'users' : '', from: query.get('after'), limit: 500,
  }
  const page = useApi<{ certificates: Certificate[]; next?: string }>('/certificates', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Certificates</h1>
      <Filters of={[
        { name: 'owner', label: 'Owner (EUI-64)' },
        { name: 'use', label: 'Use', choices: [{ value: 'ds', label: 'digital signature' }, { value: 'ka', label: 'key agreement' }, { value: 'pp-ka', label: 'prepayment key agreement' }, { value: 'xml', label: 'XML signing' }] },
        { name: 'status', label: 'Status', choices: ['in use', 'not in use', 'pending', 'expired', 'revoked'].map((s) => ({ value: s, label: s })) },
        { name: 'expires_before', label: 'Expires before (date)' },
        ...(all ? [{ name: 'of', label: 'Of', choices: [{ value: 'users', label: 'Users alone' }, { value: 'all', label: 'devices, too' }] }] : []),
      ]} />
      <Loaded from={page}>{(value) => {
        const rows = [...value.certificates].sort((a, b) => (a.not_after ?? '').localeCompare(b.not_after ?? ''))
        return (
          <>
            <Months rows={rows} />
            <CertificateTable caption="Certificates, the first to expire on top" rows={rows} owner csv={{ path: '/certificates', query: asked }} next={value.next ?? null} empty={whyEmpty(query, 'of')} />
          </>
        )
      }}</Loaded>
    </>
  )
}

/// How many end in which month; a month leads to what ends before it is over.
function Months({ rows }: { rows: readonly Certificate[] }) {
  const months = new Map<string, number>()
  for (const one of rows) {
    if (one.not_after && one.status !== 'revoked') months.set(one.not_after.slice(0, 7), (months.get(one.not_after.slice(0, 7)) ?? 0) + 1)
  }
  const end = (month: string) => {
    const [year, n] = month.split('-').map(Number) as [number, number]
    return n === 12 ? `${year + 1}-01-01` : `${year}-${String(n + 1).padStart(2, '0')}-01`
  }
  if (months.size === 0) return null
  return (
    <Table caption="When they expire (of those on this page)" rows={[...months]} rowKey={([month]) => month} columns={[
      { title: 'Month', cell: ([month]) => <a class="govuk-link" href={withFilters({ expires_before: end(month) })}>{month}</a> },
      { title: 'Certificates', cell: ([, count]) => count, number: true },
    ]} />
  )
}
