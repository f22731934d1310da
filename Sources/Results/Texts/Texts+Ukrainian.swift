import Records

extension Texts {
    public static let ukrainian = Texts(
        language: CodedConcept("uk", "RFC5646", "Ukrainian"),
        reportSeries: { "\($0): звіт" },
        pictureSeries: { "\($0): зображення" },
        derivation: { "Вихідне зображення з вікном і масштабом, поверх якого позначено знахідки \($0)" },
        intendedUse: { $0 == demonstration ? "Демонстрація, не для клінічного застосування" : $0 },
        decisionSupport: "Програмна підтримка рішень: зображення має переглянути лікар.",
        model: { "Модель \($0)" },
        findingName: { concept in
            switch (concept.scheme, concept.value) {
            case ("SCT", "27925004"), ("SCT", "786838002"), ("SCT", "427359005"): "Вузлик"
            default: concept.meaning
            }
        },
        present: { "\($0): виявлено" },
        absent: { "\($0): не виявлено" },
        probability: { "імовірність \($0) %, поріг \($1) %" },
        presentCount: { count in
            // One, few, many, by the last digits.
            let (ten, hundred) = (count % 10, count % 100)
            if count == 0 { return "Знахідок немає" }
            if ten == 1 && hundred != 11 { return "\(count) знахідка" }
            if (2...4).contains(ten) && !(12...14).contains(hundred) { return "\(count) знахідки" }
            return "\(count) знахідок"
        })
}
