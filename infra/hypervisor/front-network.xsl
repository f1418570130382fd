<?xml version="1.0"?>
<!--
  Properties of the front network for which the provider has no argument.
  - The bridge has the hypervisor's address. The provider would give it the network's first address, which is lb's.
  - The fingerprint of the lab's SSH key shows which stack created the lab, see infra/preflight/own-lab.ts.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
  <xsl:template match="network">
    <xsl:copy>
      <xsl:apply-templates select="@*"/>
      <metadata><lab:key xmlns:lab="urn:certificate-lab">${fingerprint}</lab:key></metadata>
      <xsl:apply-templates select="node()"/>
    </xsl:copy>
  </xsl:template>
  <xsl:template match="ip/@address">
    <xsl:attribute name="address">192.168.20.126</xsl:attribute>
  </xsl:template>
</xsl:stylesheet>
