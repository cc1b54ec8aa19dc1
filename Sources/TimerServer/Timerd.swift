import ArgumentParser
import Configuration
import HTTPAPI

@main struct Timerd { static func main() { print("timerd") } }
