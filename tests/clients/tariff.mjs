// A time-of-use tariff with two rates for UpdateImportTariffPrimaryElement, in the simplified form of the parser.
const week = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ '#text': '1', '@_index': String(day) }))
const thresholds = [1, 2, 3, 4, 5, 6, 7, 8].map((at) => (
  { BlockThreshold: { '#text': '4294967295', '@_index': '1' }, '@_index': String(at) }))

export const tariff = {
  UpdateImportTariffPrimaryElement: {
    ElecTariffElements: {
      CurrencyUnits: 'GBP',
      SwitchingTable: {
        DayProfiles: {
          DayProfile: {
            DayName: '1',
            ProfileSchedule: [{ StartTime: '01:00:00.00Z', TOUTariffAction: '1' }, { StartTime: '06:30:00.00Z', TOUTariffAction: '2' }],
          },
        },
        WeekProfiles: { WeekProfile: { WeekName: '1', ReferencedDayName: week } },
        Seasons: {
          Season: {
            SeasonName: 'always',
            SeasonStartDate: {
              Year: { NonSpecifiedYear: '' }, Month: { SpecifiedMonth: '01' },
              DayOfMonth: { SpecifiedDayOfMonth: '01' }, DayOfWeek: { NonSpecifiedDayOfWeek: '' },
            },
            ReferencedWeekName: '1',
          },
        },
      },
      SpecialDays: '',
      ThresholdMatrix: { Thresholds: thresholds },
    },
    PriceElements: {
      ElectricityPriceElements: {
        StandingCharge: '5321', StandingChargeScale: '-4', PriceScale: '-5',
        TOUTariff: { TOUPrice: [{ '#text': '1190', '@_index': '1' }, { '#text': '2875', '@_index': '2' }] },
      },
    },
  },
}
