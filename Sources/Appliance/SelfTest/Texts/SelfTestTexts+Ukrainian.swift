extension SelfTestTexts {
    public static let ukrainian = SelfTestTexts(
        subject: { subject in
            switch subject {
            case .configuration: "налаштування"
            case .inference: "мережі"
            case .spool: "сховище"
            case .disk: "диск"
            case .clock: "годинник"
            case .network: "зв’язок"
            case .stages: "служби"
            case .lamps: "лампочки"
            }
        },
        verdict: { verdict in
            switch verdict {
            case .ok: "гаразд"
            case .attention: "УВАГА"
            case .failed: "ЗБІЙ"
            }
        },
        sentence: { statement in
            switch statement {
            case .configurationGood(let file): "\(file) придатний."
            case .notProvisioned(let file):
                "Налаштувань немає (\(file)): покладіть їх на завантажувальний розділ як outpost/outpost.yaml."
            case .configurationUnusable(let file, let reason):
                "Ця версія не може вжити \(file): \(reason). Поверніться до попередньої версії або виправте файл."
            case .configurationUnfit(let reason): "Налаштування не підходять до цього пристрою: \(reason)."

            case .goldenRight(let model, let cases):
                "\(model) обчислює точно те, що має (відомих прикладів: \(cases))."
            case .goldenWrong(let model, let output, let number):
                "\(model) обчислює не те, що має (приклад \(number), вихід \(output)): не вживайте цієї версії на "
                    + "цьому процесорі й повідомте центральну команду."
            case .goldenOfOtherModel(let model):
                "Відомі приклади поруч із \(model) належать іншій мережі: покладіть туди мережу разом з її прикладами."
            case .goldenUnreadable(let model, let reason):
                "Відомі приклади для \(model) не читаються: \(reason). Покладіть їх знову."
            case .modelWithoutGolden(let model): "\(model) працює. Відомих прикладів для порівняння немає."
            case .modelRefused(let model, let reason): "Ця версія не може виконати \(model): \(reason)"
            case .modelMissing(let model): "Файлу \(model) немає: покладіть його або приберіть із налаштувань."
            case .noModels: "Жодної мережі не налаштовано: зображення лише зберігаються й пересилаються."

            case .spoolEmpty: "Ще нічого не збережено."
            case .spoolWhole(let stage, let looked, let objects):
                "\(stage.rawValue): база даних ціла; найновіші об’єкти (\(looked) з \(objects)) такі, як були записані "
                    + "(перевірено кінці файлів; кожен байт читає `outpost spool verify`)."
            case .spoolKeepsNoObjects(let stage): "\(stage.rawValue): база даних ціла."
            case .databaseBroken(let stage, let reason):
                "\(stage.rawValue): база даних пошкоджена (\(reason)). Наступний запуск служби відновить її з файлів; "
                    + "нехай перевірять диск."
            case .databaseTooLarge(let stage):
                "\(stage.rawValue): база даних завелика, щоб переглянути її за цей час; нічого поганого не помічено."
            case .databasesSetAside(let stage, let count):
                "\(stage.rawValue): раніше відкладено пошкоджених баз даних: \(count) (stage.sqlite.broken-…). "
                    + "Надішліть їх центральній команді й залиште на місці."
            case .objectsFaulty(let stage, let count, let looked):
                "\(stage.rawValue): серед найновіших об’єктів (\(looked)) не такі, як були записані: \(count). "
                    + "Запустіть `outpost spool verify` і попросіть надіслати їх ще раз."
            case .spoolUnreadable(let stage, let reason): "\(stage.rawValue): сховище не читається: \(reason)"

            case .diskGood(let percent, let milliseconds):
                "Вільно \(percent) %; записане надійно збережене за \(milliseconds) мс."
            case .diskLow(let percent):
                "Вільно лише \(percent) % диска: подивіться в `outpost queue list`, що не доходить і чому."
            case .diskSlow(let milliseconds):
                "Диск надійно зберіг малий файл аж за \(milliseconds) мс: якщо так буде й далі, нехай його перевірять."
            case .dataFolderMissing(let folder):
                "Теки даних \(folder) немає: подивіться, чи відкрито й підключено розділ даних."
            case .dataFolderReadOnly(let folder, let reason):
                "У \(folder) нічого не можна записати: \(reason). Подивіться, як підключено розділ даних."
            case .diskFails(let folder, let reason):
                "Запис у \(folder) не вдається: \(reason). Звільніть місце або замініть диск."
            case .fileSystemErrors(let count):
                "Файлова система розділу даних налічує помилок: \(count). Нехай її перевірять (fsck), а також диск."

            case .clockTrusted(let time): "Зараз \(time), це може бути правдою."
            case .clockNotTrusted(let time, let floor, let ceiling):
                "Годинник показує \(time), це не може бути правдою: зараз пізніше за \(floor) і раніше за \(ceiling). "
                    + "Перевірте адресу сервера часу й мережу."
            case .clockUnknown(let reason): "Записане про час не читається: \(reason)"

            case .addressed(let interface, let addresses):
                "\(interface) підключено, адреси: \(addresses.joined(separator: ", "))."
            case .noAddress: "Мережу не підключено: перевірте кабель, комутатор і адресу."
            case .portOpen(let port): "Порт \(port) відкритий для зображень."
            case .portFree(let port): "Порт \(port) вільний для приймання, яке ще не працює."
            case .portTaken(let port):
                "Порт \(port) зайняла інша програма: закрийте її або виберіть для приймання інший порт."
            case .addressNotHere(let address):
                "Приймання має слухати на \(address), а такої адреси пристрій зараз не має: виправте `intake.address` "
                    + "або перевірте мережу."
            case .destinationAnswers(let name): "\(name) відповідає."
            case .destinationSilent(let name, let reason):
                "\(name) не відповідає: \(reason). Призначене для нього чекає тут і буде надіслане пізніше."
            case .noDestinations: "Жодного отримувача не налаштовано: усе лишається на пристрої."

            case .stageRuns(let stage): "\(stage.rawValue) працює."
            case .stageAnswersNot(let stage, let reason): "\(stage.rawValue) працює, але не відповідає: \(reason)"
            case .stageDown(let stage):
                "\(stage.rawValue) не працює: чому, каже `journalctl -u outpost-\(stage.rawValue)`."
            case .stagesNotStarted: "Служби ще не працюють."

            case .lampsWork(let board, let count): "\(board): лампочок \(count), усі можна засвітити."
            case .lampsLost(let lamps):
                "Ці лампочки не світяться: \(lamps.joined(separator: ", ")). Чому, каже `journalctl -u outpost-board`."
            case .boardKnown(let title): "\(title): служба, що світить лампочками, ще не працює."
            case .boardUnusable(let reason): "Файл плати не годиться: \(reason)"
            case .noLamps: "Жоден файл не описує лампочок цієї плати: пристрій працює без них."
            }
        },
        summary: { worst, toLookAt in
            switch worst {
            case .ok: "Усе гаразд."
            case .attention: "Потребує уваги: \(toLookAt)."
            case .failed: "Ця версія не виконує своєї роботи на цьому пристрої."
            }
        })
}
