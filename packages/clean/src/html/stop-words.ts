/**
 * The most frequent function words of the languages most pages are in, lower case.
 *
 * One set for all: running text of any of them is full of these words, menus and link lists of none.
 */
export const stopWords: ReadonlySet<string> = /* @__PURE__ */ new Set(
  [
    // English
    'the be to of and a in that have it for not on with he as you do at this but his by from they we say her she or an',
    'will my one all would there their what so up out if about who which when can are is was were has had been than',
    // German
    'der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass',
    'sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr',
    'durch man sein wurde sei hatte kann gegen vom können schon wenn ich mich wir uns ihr ihre',
    // French
    'le la les de des du un une et est en que qui dans pour sur pas au par plus ce il elle on ne se sont avec son sa',
    'ses aux ont été cette mais nous vous ou être leur',
    // Spanish, Portuguese, Italian
    'el los las y del una con por para como más pero su al lo se sus este ya o é os as um uma não em com mais dos das',
    'na no ao il di che è per non una gli i con si sono anche della dei le nel alla come più ha',
    // Dutch, Swedish, Danish, Norwegian
    'het een van en niet te dat op zijn met voor er aan ook maar bij nog door och att det som på är av för med den till',
    'har inte ett og til ikke jeg',
    // Polish, Czech, Russian, Greek, Turkish, Indonesian
    'w i na z się do nie że jest jak o po od za to ale a se je v že s si který и в не на я с что а по как это то все',
    'он но к у из за от так για και το να του της η ve bir bu da için ile yang dan di ini itu untuk dengan',
  ]
    .join(' ')
    .split(' '),
)
