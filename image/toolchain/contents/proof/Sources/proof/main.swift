// Foundation, because it is the largest part of the standard library, and a macro, because the compiler loads those.
import Foundation

let isSmall = #Predicate<Int> { $0 < 3 }
print(Date(), try isSmall.evaluate(2))
