with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

evidence as (

    select * from {{ ref('figure_evidence') }}

),

shares as (

    select * from {{ ref('int_rounded_shares') }}

),

-- Several rows may stand behind one unit, which counts once.
units as (

    select
        figure_id,
        part,
        unit_key,
        max(amount) as amount
    from evidence
    group by
        figure_id,
        part,
        unit_key

),

sums as (

    select
        figure_id,
        sum(case when part = 'numerator' then amount else 0 end) as numerator,
        sum(case when part = 'denominator' then amount else 0 end) as denominator
    from units
    group by figure_id

),

-- The catalogue leads, so a figure without evidence is a zero, not a gap. What shares of a whole are shares of stands
-- under the name of the whole.
measured as (

    select
        catalogue.figure_id,
        catalogue.area,
        catalogue.label,
        catalogue.unit,
        catalogue.decimals,
        catalogue.whole,
        cast(coalesce(sums.numerator, 0) as decimal(18, 2)) as numerator,
        case
            when catalogue.unit = 'percent' then cast(coalesce(below.denominator, 0) as decimal(18, 2))
        end as denominator
    from catalogue
    left join sums
        on catalogue.figure_id = sums.figure_id
    left join sums as below
        on coalesce(catalogue.whole, catalogue.figure_id) = below.figure_id

),

-- The shares of a whole are rounded together, every other share by itself.
valued as (

    select
        measured.*,
        case
            when measured.unit = 'count' then measured.numerator
            when measured.whole is not null then shares.share
            else {{ percentage('measured.numerator', 'measured.denominator', 'measured.decimals') }}
        end as value
    from measured
    left join shares
        on measured.figure_id = shares.figure_id

),

final as (

    select
        cast({{ report_year() }} as bigint) as year,
        figure_id,
        area,
        label,
        cast(value as decimal(18, 4)) as value,
        cast(numerator as decimal(18, 4)) as numerator,
        cast(denominator as decimal(18, 4)) as denominator,
        unit,
        case when value is null then 'refused' else 'published' end as status
    from valued

)

select * from final
