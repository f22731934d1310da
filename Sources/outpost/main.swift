import ArgumentParser
import Appliance
print("x")
