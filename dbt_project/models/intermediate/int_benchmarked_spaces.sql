with

indicators as (

    select * from {{ ref('stg_indicators') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        indicators.space,
        resolution.member_id,
        indicators.source_file,
        indicators.source_line
    from indicators
    left join resolution
        on
            indicators.member_key = resolution.place_key
            and resolution.country_key = ''

)

select * from final
